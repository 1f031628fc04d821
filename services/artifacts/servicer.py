"""`ttb.artifacts.v1.ArtifactsService`: messages in, use case, messages out. Errors are told by the interceptors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import grpc
from google.api.httpbody_pb2 import HttpBody
from ttb.artifacts.v1 import artifacts_pb2 as pb
from ttb.artifacts.v1 import artifacts_pb2_grpc

from services.artifacts import convert, layout
from services.artifacts.admission import Admission
from services.artifacts.archive import Archive
from services.artifacts.spool_client import Spool
from services.artifacts.storage_watch import StorageWatch
from services.common import metadata as call_metadata
from services.common import response_headers
from services.common.errors import Reason, TtbError
from services.common.logs import get_logger

log = get_logger(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
Answer = TypeVar("Answer")

DEFAULT_PAGE_SIZE = 100


class ArtifactsServicer(artifacts_pb2_grpc.ArtifactsServiceServicer):
    """Keeps, finds and deletes artifacts. With `enabled` off nothing new is kept."""

    def __init__(
        self, archive: Archive, spool: Spool, watch: StorageWatch, admission: Admission, *, enabled: bool
    ) -> None:
        self._archive = archive
        self._spool = spool
        self._watch = watch
        self._admission = admission
        self._enabled = enabled

    async def SaveArtifact(self, request: pb.SaveArtifactRequest, context: Context) -> pb.SaveArtifactResponse:
        """Keep one verification."""
        if not self._enabled:
            message = "Artifact storage is switched off (ARTIFACT_STORAGE_ENABLED); nothing was stored."
            raise TtbError(Reason.STORAGE_DISABLED, message)
        async with self._admission.one():
            metadata = convert.metadata_from_proto(request.metadata)
            await asyncio.to_thread(convert.check_json_objects, request)
            identifier = await self._archive.save(
                metadata, convert.images_from_proto(request.images), request.extracted_text, request.validation_result
            )
        return pb.SaveArtifactResponse(id=identifier)

    async def ListArtifacts(self, request: pb.ListArtifactsRequest, context: Context) -> pb.ListArtifactsResponse:
        """One page, newest first."""
        page = await self._archive.list(
            start=convert.day("start_date", request.start_date),
            end=convert.day("end_date", request.end_date),
            status=convert.validation_status(request.validation_status),
            page_size=request.page_size or DEFAULT_PAGE_SIZE,
            page_token=request.page_token,
        )
        return convert.page_to_proto(page)

    async def GetArtifact(self, request: pb.GetArtifactRequest, context: Context) -> pb.Artifact:
        """One artifact without its images."""
        artifact = await self._stored(request.id, lambda: self._archive.get(request.id))
        return await asyncio.to_thread(convert.artifact_to_proto, artifact)

    async def GetArtifactImage(self, request: pb.GetArtifactImageRequest, context: Context) -> HttpBody:
        """One image, byte for byte."""
        image, sha256 = await self._stored(request.id, lambda: self._archive.image(request.id, request.index))
        name = request.id + layout.image_name(request.index, image.format).removeprefix("image")
        response_headers.add("etag", f'"{sha256}"')
        response_headers.add("content-disposition", f'inline; filename="{name}"')
        response_headers.add("cache-control", "private, no-store")
        return HttpBody(content_type=layout.content_type(image.format), data=image.content)

    async def DeleteArtifact(self, request: pb.DeleteArtifactRequest, context: Context) -> pb.DeleteArtifactResponse:
        """Remove one artifact for good."""
        queued = await self._spool.holds(request.id)
        deleted_at = await self._archive.delete(request.id, reason=request.reason, who=_who(context), queued=queued)
        log.info("deleted", artifact=request.id)
        return convert.deletion_to_proto(request.id, deleted_at)

    async def GetStorage(self, request: pb.GetStorageRequest, context: Context) -> pb.Storage:
        """Where artifacts are kept, as found when the store was asked last."""
        return convert.storage_to_proto(self._watch.state, store=self._archive.store.name, enabled=self._enabled)

    async def _stored(self, identifier: str, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """What `read` returns; an unknown artifact that is still in the spool is ARTIFACT_QUEUED."""
        try:
            return await read()
        except TtbError as error:
            if error.reason is not Reason.ARTIFACT_UNKNOWN:
                raise
            if await self._spool.holds(identifier):
                message = f"Artifact {identifier} is waiting to be stored; ask again in a few seconds."
                raise TtbError(Reason.ARTIFACT_QUEUED, message, retry_after_seconds=2) from error
        # It may have been stored between the two questions.
        return await read()


def _who(context: Context) -> str:
    """Whom the token names, else the client's address: all that is known of a caller without a token."""
    subject = call_metadata.first(context, call_metadata.SUBJECT_KEY)
    address = call_metadata.first(context, call_metadata.CLIENT_IP_KEY)
    if subject:
        return f"{subject} (client address {address})"
    return f"client address {address}" if address else "a caller inside the system"
