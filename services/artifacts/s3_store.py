"""Artifacts in an S3 bucket, at AWS or on a compatible server, through boto3.

boto3 blocks, so every call is made in a thread of the store's own pool, which is as large as the pool of connections.
Whether the bucket keeps versions is the operator's choice; removal takes all of them either way.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from services.artifacts import s3_errors, s3_lifecycle
from services.artifacts.layout import check_key, check_prefix
from services.artifacts.settings import ArtifactSettings
from services.artifacts.store import StoredObject
from services.common.errors import Reason, TtbError
from services.common.logs import get_logger

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ListObjectVersionsOutputTypeDef, ObjectIdentifierTypeDef

log = get_logger(__name__)

_UNVERSIONED = "null"
_TRIES = 20
_PAUSE_SECONDS = 0.05

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def _client(settings: ArtifactSettings) -> S3Client:
    return boto3.session.Session().client(
        "s3",
        endpoint_url=settings.s3_endpoint_url or None,
        config=Config(
            connect_timeout=settings.s3_connect_seconds,
            read_timeout=settings.s3_read_seconds,
            retries={"mode": "standard", "total_max_attempts": settings.s3_attempts},
            max_pool_connections=settings.s3_connections,
            tcp_keepalive=True,
            # Compatible servers do not know the newer checksums; ours are checked on every read.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # A compatible server has one host name for all buckets.
            s3={"addressing_style": "path" if settings.s3_endpoint_url else "auto"},
        ),
    )


class S3Store:
    """An `ArtifactStore` in the bucket of the settings. Credentials come from where boto3 looks for them."""

    name = "s3"

    def __init__(self, settings: ArtifactSettings) -> None:
        self._bucket = settings.s3_bucket
        self._client = _client(settings)
        self._threads = ThreadPoolExecutor(settings.s3_connections, thread_name_prefix="s3-store")

    async def put(self, key: str, content: bytes, content_type: str) -> None:
        """Keep an object."""
        await self._run(
            self._client.put_object,
            Bucket=self._bucket,
            Key=check_key(key),
            Body=content,
            ContentType=content_type,
        )

    async def put_if_absent(self, key: str, content: bytes, content_type: str) -> bytes:
        """Keep an object unless there is one; returns what is kept.

        Some servers ignore the condition in a versioned bucket. There the oldest version wins, and whoever came later
        takes its own away again.
        """
        return await self._run(self._put_if_absent, check_key(key), content, content_type)

    async def get(self, key: str) -> bytes | None:
        """The object's bytes."""
        return await self._run(self._get, check_key(key))

    async def exists(self, key: str) -> bool:
        """Whether there is an object."""
        return await self._run(self._exists, check_key(key))

    async def list(self, prefix: str, *, start_after: str = "", limit: int = 1000) -> Sequence[StoredObject]:
        """Objects in key order, by as few calls as the limit needs."""
        return await self._run(self._list, check_prefix(prefix), start_after, limit)

    async def purge(self, prefix: str) -> None:
        """Remove every version and every delete marker, a page of at most 1000 at a time."""
        await self._run(self._purge, check_prefix(prefix))

    async def remains(self, prefix: str) -> Sequence[str]:
        """Keys with an object, an old version or a delete marker; of very many, the first page's."""
        page = await self._run(lambda: next(self._versions(check_prefix(prefix)), ()))
        return sorted({each["Key"] for each in page})

    async def check(self) -> None:
        """Ask for the bucket."""
        await self._run(self._client.head_bucket, Bucket=self._bucket)

    async def retention(self) -> str:
        """What the bucket's lifecycle says."""
        return await self._run(self._retention)

    async def close(self) -> None:
        """End threads and connections once their work is done."""
        await asyncio.to_thread(self._threads.shutdown)
        self._client.close()

    async def _run(
        self, work: Callable[Arguments, Answer], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Answer:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args, **kwargs))
        except (ClientError, BotoCoreError) as error:
            log.warning("the S3 store failed", error=str(error))
            raise s3_errors.translated(error) from error

    def _get(self, key: str, version: str = "") -> bytes | None:
        try:
            if version:
                return self._client.get_object(Bucket=self._bucket, Key=key, VersionId=version)["Body"].read()
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except ClientError as error:
            if s3_errors.is_absent(error):
                return None
            raise

    def _exists(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if s3_errors.is_absent(error):
                return False
            raise
        return True

    def _put_if_absent(self, key: str, content: bytes, content_type: str) -> bytes:
        for _ in range(_TRIES):
            try:
                reply = self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=content, ContentType=content_type, IfNoneMatch="*"
                )
            except ClientError as error:
                if not s3_errors.is_refused_condition(error):
                    raise
                kept = self._get(key)
            else:
                kept = self._settle(key, reply.get("VersionId", _UNVERSIONED))
            if kept is not None:
                return kept
            # Another call is about to keep or to remove the same object.
            time.sleep(_PAUSE_SECONDS)
        raise TtbError(
            Reason.STORE_UNAVAILABLE,
            "The store of artifacts (S3) keeps changing under this call; try again in a moment.",
            retry_after_seconds=s3_errors.RETRY_AFTER_SECONDS,
        )

    def _settle(self, key: str, own: str) -> bytes | None:
        """What is kept after a conditional put that made the version `own`; None when it is gone again."""
        if own == _UNVERSIONED:
            return self._get(key)
        first = self._first_version(key)
        if first not in ("", own):
            self._client.delete_object(Bucket=self._bucket, Key=key, VersionId=own)
        return self._get(key, first) if first else None

    def _first_version(self, key: str) -> str:
        """Id of the oldest version since the object was deleted last; versions are listed with the newest first."""
        first = ""
        for reply in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=key):
            deletions = [each["LastModified"] for each in reply.get("DeleteMarkers", ()) if each["Key"] == key]
            for each in reply.get("Versions", ()):
                if each["Key"] == key and all(each["LastModified"] >= deleted for deleted in deletions):
                    first = each["VersionId"]
        return first

    def _list(self, prefix: str, start_after: str, limit: int) -> Sequence[StoredObject]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket,
            Prefix=prefix,
            StartAfter=start_after,
            PaginationConfig={"MaxItems": limit, "PageSize": min(limit, 1000)},
        )
        return [
            StoredObject(each["Key"], each["LastModified"].astimezone(UTC))
            for page in pages
            for each in page.get("Contents", ())
        ]

    def _versions(self, prefix: str) -> Iterator[Sequence[ObjectIdentifierTypeDef]]:
        """Pages of everything below a prefix; plain objects where the server knows no versions."""
        try:
            for reply in self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=prefix
            ):
                yield _identifiers(reply)
        except ClientError as error:
            if not s3_errors.is_unsupported(error):
                raise
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix):
                yield [{"Key": each["Key"]} for each in page.get("Contents", ())]

    def _purge(self, prefix: str) -> None:
        for page in self._versions(prefix):
            if not page:
                continue
            reply = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": page, "Quiet": True})
            for error in reply.get("Errors", ()):
                # Told as the error of a call, although the call itself succeeded.
                raise ClientError({"Error": {"Code": error.get("Code", "")}}, "DeleteObjects")

    def _retention(self) -> str:
        try:
            reply = self._client.get_bucket_lifecycle_configuration(Bucket=self._bucket)
        except ClientError as error:
            if s3_errors.code(error) == "NoSuchLifecycleConfiguration":
                return s3_lifecycle.NO_RULE
            if s3_errors.code(error) == "AccessDenied" or s3_errors.is_unsupported(error):
                return s3_lifecycle.NOT_TOLD
            raise
        return s3_lifecycle.sentence(reply.get("Rules", ()))


def _identifiers(reply: ListObjectVersionsOutputTypeDef) -> Sequence[ObjectIdentifierTypeDef]:
    return [
        {"Key": each["Key"], "VersionId": each["VersionId"]}
        for each in (*reply.get("Versions", ()), *reply.get("DeleteMarkers", ()))
    ]
