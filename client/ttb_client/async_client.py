"""The typed client for asyncio: the same methods and the same errors as `TtbClient`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import date
from types import TracebackType
from typing import Self, TypeVar, Unpack

import grpc
import stamina
from ttb.artifacts.v1 import artifacts_pb2, artifacts_pb2_grpc
from ttb.modelstatus.v1 import modelstatus_pb2, modelstatus_pb2_grpc
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from ttb_client.artifacts import ArtifactImage, Status, artifact_image, image_request, list_request
from ttb_client.calls import SHORT_SECONDS, TIMEOUT_SECONDS, Metadata, Method, authorization, idempotency, told
from ttb_client.connection import DEFAULT_URL, connection
from ttb_client.requests import Image, OcrBackend, Panel, VerifyOptions, extract_request, verify_request
from ttb_client.retries import ATTEMPTS, WAIT_SECONDS, Budget
from ttb_client.watching import Lost, Patience, ended_early, is_final

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class AsyncTtbClient:
    """`TtbClient` for asyncio; make it inside a running event loop, and use it in that one only."""

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = TIMEOUT_SECONDS, token: str | None = None) -> None:
        self._connection = connection(url, token)
        self._timeout = timeout
        self._metadata = authorization(token)
        target, options = self._connection.target, self._connection.options()
        self._channel = (
            grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(), options)
            if self._connection.secure
            else grpc.aio.insecure_channel(target, options)
        )
        self._validator = validator_pb2_grpc.ValidatorServiceStub(self._channel)
        self._ocr = ocr_pb2_grpc.OcrServiceStub(self._channel)
        self._artifacts = artifacts_pb2_grpc.ArtifactsServiceStub(self._channel)
        self._model_status = modelstatus_pb2_grpc.ModelStatusServiceStub(self._channel)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connection."""
        await self._channel.close()

    async def verify(
        self,
        images: Sequence[Image],
        *,
        panels: Sequence[Panel] = (),
        application: pb.Application | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[VerifyOptions],
    ) -> pb.Verification:
        """As `TtbClient.verify`."""
        request = await asyncio.to_thread(verify_request, images, panels, application, options)
        return await self._call(self._validator.VerifyLabel, request, self._timeout, idempotency(idempotency_key))

    async def compare_backends(
        self, images: Sequence[Image], *, application: pb.Application | None = None, **options: Unpack[VerifyOptions]
    ) -> AsyncIterator[pb.BackendReading]:
        """As `TtbClient.compare_backends`."""
        request = await asyncio.to_thread(verify_request, images, (), application, options)
        reading, rest = await self._call(self._first_reading, request, self._timeout)
        try:
            yield reading
            async for each in rest:
                yield each
        except grpc.RpcError as error:
            raise told(error, self._connection.url) from error
        finally:
            rest.cancel()

    async def _first_reading(
        self,
        request: pb.VerifyLabelRequest,
        *,
        timeout: float,  # noqa: ASYNC109 - the call's deadline
        metadata: Metadata,
    ) -> tuple[pb.BackendReading, grpc.aio.UnaryStreamCall[pb.VerifyLabelRequest, pb.BackendReading]]:
        stream = self._validator.CompareBackends(request, timeout=timeout, metadata=metadata)
        return await anext(aiter(stream)), stream

    async def extract_text(
        self, image: Image, *, frame: int = 0, backend: OcrBackend = "auto"
    ) -> ocr_pb2.ExtractTextResponse:
        """As `TtbClient.extract_text`."""
        request = await asyncio.to_thread(extract_request, image, frame, backend)
        return await self._call(self._ocr.ExtractText, request, self._timeout)

    async def health(self) -> pb.GetHealthResponse:
        """As `TtbClient.health`."""
        return await self._call(self._validator.GetHealth, pb.GetHealthRequest(), self._short())

    async def rules(self) -> pb.ListRulesResponse:
        """As `TtbClient.rules`."""
        return await self._call(self._validator.ListRules, pb.ListRulesRequest(), self._short())

    async def rule(self, identifier: str) -> pb.Rule:
        """As `TtbClient.rule`."""
        return await self._call(self._validator.GetRule, pb.GetRuleRequest(id=identifier), self._short())

    async def list_artifacts(
        self,
        *,
        start: date | None = None,
        end: date | None = None,
        status: Status | None = None,
        page_size: int = 0,
        page_token: str = "",
    ) -> artifacts_pb2.ListArtifactsResponse:
        """As `TtbClient.list_artifacts`."""
        request = list_request(start, end, status, page_size, page_token)
        return await self._call(self._artifacts.ListArtifacts, request, self._timeout)

    async def artifact_pages(
        self,
        *,
        start: date | None = None,
        end: date | None = None,
        status: Status | None = None,
        page_size: int = 0,
    ) -> AsyncIterator[artifacts_pb2.ListArtifactsResponse]:
        """As `TtbClient.artifact_pages`."""
        token = ""
        while True:
            page = await self.list_artifacts(start=start, end=end, status=status, page_size=page_size, page_token=token)
            yield page
            token = page.next_page_token
            if not token:
                return

    async def get_artifact(self, identifier: str) -> artifacts_pb2.Artifact:
        """As `TtbClient.get_artifact`."""
        return await self._call(
            self._artifacts.GetArtifact, artifacts_pb2.GetArtifactRequest(id=identifier), self._timeout
        )

    async def artifact_image(self, identifier: str, index: int = 0) -> ArtifactImage:
        """As `TtbClient.artifact_image`."""
        body = await self._call(self._artifacts.GetArtifactImage, image_request(identifier, index), self._timeout)
        return artifact_image(body, identifier, index)

    async def delete_artifact(self, identifier: str, *, reason: str = "") -> artifacts_pb2.DeleteArtifactResponse:
        """As `TtbClient.delete_artifact`."""
        request = artifacts_pb2.DeleteArtifactRequest(id=identifier, reason=reason)
        return await self._call(self._artifacts.DeleteArtifact, request, self._timeout)

    async def model_status(self, model: str = "") -> modelstatus_pb2.ModelStatus:
        """As `TtbClient.model_status`."""
        request = modelstatus_pb2.GetModelStatusRequest(model=model)
        return await self._call(self._model_status.GetModelStatus, request, self._short())

    async def watch_model_status(
        self, model: str = "", *, lost: Lost | None = None
    ) -> AsyncIterator[modelstatus_pb2.ModelStatus]:
        """As `TtbClient.watch_model_status`."""
        patience = Patience(self._short(), self._timeout)
        request = modelstatus_pb2.WatchModelStatusRequest(model=model)
        while True:
            stream = self._model_status.WatchModelStatus(request, metadata=self._metadata)
            try:
                async for status in stream:
                    patience.heard()
                    yield status
                    if is_final(status):
                        return
                problem = ended_early(self._connection.url)
            except grpc.RpcError as error:
                problem = told(error, self._connection.url)
            finally:
                stream.cancel()
            seconds = patience.wait(problem)
            if lost is not None:
                lost(problem, seconds)
            await asyncio.sleep(seconds)

    def _short(self) -> float:
        return min(SHORT_SECONDS, self._timeout)

    async def _call(
        self,
        method: Method[Request, Awaitable[Answer]],
        request: Request,
        seconds: float,
        metadata: Metadata = (),
    ) -> Answer:
        budget = Budget(seconds)
        async for attempt in stamina.retry_context(budget.backoff, ATTEMPTS, timeout=None, wait_max=WAIT_SECONDS):
            with attempt:
                try:
                    return await method(request, timeout=budget.remaining(), metadata=self._metadata + metadata)
                except grpc.RpcError as error:
                    raise told(error, self._connection.url) from error
        raise AssertionError("unreachable: the last attempt raises")
