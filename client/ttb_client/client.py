"""The typed clients, `TtbClient` and `AsyncTtbClient`: the same methods, the same errors, over gRPC."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, Unpack, cast

import grpc
import stamina
from ttb.ocr.v1 import ocr_pb2, ocr_pb2_grpc
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from ttb_client.connection import DEFAULT_URL, connection
from ttb_client.errors import FailedCall, TtbError, from_call
from ttb_client.requests import Image, OcrBackend, Panel, VerifyOptions, extract_request, verify_request
from ttb_client.retries import ATTEMPTS, WAIT_SECONDS, Budget

# Reading ten hard panels takes a minute; the gateway itself gives up after 130 seconds.
TIMEOUT_SECONDS = 120.0
# For calls that read no image.
SHORT_SECONDS = 10.0

Request = TypeVar("Request")
Answer = TypeVar("Answer")
Metadata = tuple[tuple[str, str], ...]


class TtbClient:
    """Verifies labels through the gateway at `url`; a context manager, safe to share between threads.

    `timeout` is the seconds that a verification or a reading may take, repetitions included; other calls get at most
    10. `token` is sent as a bearer token. Every method raises `TtbError`; what was not answered, or was answered with
    the request to come later, has then been tried three times.
    """

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = TIMEOUT_SECONDS, token: str | None = None) -> None:
        self._connection = connection(url, token)
        self._timeout = timeout
        self._metadata = _authorization(token)
        target, options = self._connection.target, self._connection.options()
        self._channel = (
            grpc.secure_channel(target, grpc.ssl_channel_credentials(), options)
            if self._connection.secure
            else grpc.insecure_channel(target, options)
        )
        self._validator = validator_pb2_grpc.ValidatorServiceStub(self._channel)
        self._ocr = ocr_pb2_grpc.OcrServiceStub(self._channel)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._channel.close()

    def verify(
        self,
        images: Sequence[Image],
        *,
        panels: Sequence[Panel] = (),
        application: pb.Application | None = None,
        **options: Unpack[VerifyOptions],
    ) -> pb.Verification:
        """Verify one label from its 1 to 10 images.

        `panels` tells what each image shows; `application` holds the fields to compare the label with. Raises
        ValueError for an option that does not exist and OSError for a file that cannot be read.
        """
        request = verify_request(images, panels, application, options)
        return self._call(self._validator.VerifyLabel, request, self._timeout, _idempotency_key())

    def extract_text(
        self, image: Image, *, frame: int = 0, backend: OcrBackend = "auto"
    ) -> ocr_pb2.ExtractTextResponse:
        """Read one image, without any rule; `frame` is the page of a PDF or TIFF, from 0."""
        return self._call(self._ocr.ExtractText, extract_request(image, frame, backend), self._timeout)

    def health(self) -> pb.GetHealthResponse:
        """Whether labels can be verified now, and with which backends; TtbError (UNAVAILABLE) when they cannot."""
        return self._call(self._validator.GetHealth, pb.GetHealthRequest(), self._short())

    def rules(self) -> pb.ListRulesResponse:
        """Every rule, in the order in which they are evaluated."""
        return self._call(self._validator.ListRules, pb.ListRulesRequest(), self._short())

    def _short(self) -> float:
        return min(SHORT_SECONDS, self._timeout)

    def _call(
        self,
        method: grpc.UnaryUnaryMultiCallable[Request, Answer],
        request: Request,
        seconds: float,
        metadata: Metadata = (),
    ) -> Answer:
        budget = Budget(seconds)
        for attempt in stamina.retry_context(budget.backoff, ATTEMPTS, timeout=None, wait_max=WAIT_SECONDS):
            with attempt:
                try:
                    return method(request, timeout=budget.remaining(), metadata=self._metadata + metadata)
                except grpc.RpcError as error:
                    raise _told(error, self._connection.url) from error
        raise AssertionError("unreachable: the last attempt raises")


class AsyncTtbClient:
    """`TtbClient` for asyncio; make it inside a running event loop, and use it in that one only."""

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = TIMEOUT_SECONDS, token: str | None = None) -> None:
        self._connection = connection(url, token)
        self._timeout = timeout
        self._metadata = _authorization(token)
        target, options = self._connection.target, self._connection.options()
        self._channel = (
            grpc.aio.secure_channel(target, grpc.ssl_channel_credentials(), options)
            if self._connection.secure
            else grpc.aio.insecure_channel(target, options)
        )
        self._validator = validator_pb2_grpc.ValidatorServiceStub(self._channel)
        self._ocr = ocr_pb2_grpc.OcrServiceStub(self._channel)

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
        **options: Unpack[VerifyOptions],
    ) -> pb.Verification:
        """As `TtbClient.verify`."""
        request = await asyncio.to_thread(verify_request, images, panels, application, options)
        return await self._call(self._validator.VerifyLabel, request, self._timeout, _idempotency_key())

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

    def _short(self) -> float:
        return min(SHORT_SECONDS, self._timeout)

    async def _call(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[Request, Answer],
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
                    raise _told(error, self._connection.url) from error
        raise AssertionError("unreachable: the last attempt raises")


def _authorization(token: str | None) -> Metadata:
    return (("authorization", f"Bearer {token}"),) if token else ()


def _idempotency_key() -> Metadata:
    """The same for all attempts at one verification, so that a repeated one is kept once."""
    return (("idempotency-key", str(uuid.uuid4())),)


def _told(error: grpc.RpcError, url: str) -> TtbError:
    # Both kinds of channel raise an RpcError that is the finished call too, which grpc's types do not tell.
    return from_call(cast("FailedCall", cast("Any", error)), url)
