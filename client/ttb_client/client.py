"""The typed client: one method for each operation, over gRPC."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
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
from ttb_client.calls import (
    SHORT_SECONDS,
    TIMEOUT_SECONDS,
    Metadata,
    Method,
    Stream,
    authorization,
    idempotency,
    told,
)
from ttb_client.connection import DEFAULT_URL, connection
from ttb_client.requests import Image, OcrBackend, Panel, VerifyOptions, extract_request, verify_request
from ttb_client.retries import ATTEMPTS, WAIT_SECONDS, Budget
from ttb_client.watching import Lost, Patience, ended_early, is_final

Request = TypeVar("Request")
Answer = TypeVar("Answer")


class TtbClient:
    """Verifies labels through the gateway at `url`; a context manager, safe to share between threads.

    `timeout` is the seconds that a call may take, repetitions included; `health`, `rules` and `model_status` get at
    most 10. `token` is sent as a bearer token. Every method raises `TtbError`; what was not answered, or was answered
    with the request to come later, has then been tried three times.
    """

    def __init__(self, url: str = DEFAULT_URL, *, timeout: float = TIMEOUT_SECONDS, token: str | None = None) -> None:
        self._connection = connection(url, token)
        self._timeout = timeout
        self._metadata = authorization(token)
        target, options = self._connection.target, self._connection.options()
        self._channel = (
            grpc.secure_channel(target, grpc.ssl_channel_credentials(), options)
            if self._connection.secure
            else grpc.insecure_channel(target, options)
        )
        self._validator = validator_pb2_grpc.ValidatorServiceStub(self._channel)
        self._ocr = ocr_pb2_grpc.OcrServiceStub(self._channel)
        self._artifacts = artifacts_pb2_grpc.ArtifactsServiceStub(self._channel)
        self._model_status = modelstatus_pb2_grpc.ModelStatusServiceStub(self._channel)

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
        idempotency_key: str | None = None,
        **options: Unpack[VerifyOptions],
    ) -> pb.Verification:
        """Verify one label from its 1 to 10 images.

        `panels` tells what each image shows; `application` holds the fields to compare the label with. Calls with
        the same `idempotency_key` and the same request keep one artifact; without a key every call keeps its own.
        Raises ValueError for an option that does not exist and OSError for a file that cannot be read.
        """
        request = verify_request(images, panels, application, options)
        return self._call(self._validator.VerifyLabel, request, self._timeout, idempotency(idempotency_key))

    def compare_backends(
        self, images: Sequence[Image], *, application: pb.Application | None = None, **options: Unpack[VerifyOptions]
    ) -> Iterator[pb.BackendReading]:
        """What each available backend reads of the images, as each has finished; `error` is set in one that failed.

        `application` is the truth that each is measured by; the options are those of `verify`. Nothing is repeated
        after the first reading.
        """
        request = verify_request(images, (), application, options)
        reading, rest = self._call(self._first_reading, request, self._timeout)
        try:
            yield reading
            yield from rest
        except grpc.RpcError as error:
            raise told(error, self._connection.url) from error
        finally:
            rest.cancel()

    def _first_reading(
        self, request: pb.VerifyLabelRequest, *, timeout: float, metadata: Metadata
    ) -> tuple[pb.BackendReading, Stream[pb.BackendReading]]:
        stream = self._validator.CompareBackends(request, timeout=timeout, metadata=metadata)
        return next(stream), stream

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

    def rule(self, identifier: str) -> pb.Rule:
        """One rule with its examples; TtbError (NOT_FOUND) when there is none with this id."""
        return self._call(self._validator.GetRule, pb.GetRuleRequest(id=identifier), self._short())

    def list_artifacts(
        self,
        *,
        start: date | None = None,
        end: date | None = None,
        status: Status | None = None,
        page_size: int = 0,
        page_token: str = "",
    ) -> artifacts_pb2.ListArtifactsResponse:
        """One page of artifacts, newest first; `start` and `end` are days in UTC, both inclusive; None means any.

        `page_size` is 1 to 1000, or 0 for 100.
        `page_token` is the `next_page_token` of the page before, which is empty on the last. `damaged` names ids of
        this page whose metadata was altered.
        """
        request = list_request(start, end, status, page_size, page_token)
        return self._call(self._artifacts.ListArtifacts, request, self._timeout)

    def artifact_pages(
        self,
        *,
        start: date | None = None,
        end: date | None = None,
        status: Status | None = None,
        page_size: int = 0,
    ) -> Iterator[artifacts_pb2.ListArtifactsResponse]:
        """Every page from the newest on, each asked for when it is needed."""
        token = ""
        while True:
            page = self.list_artifacts(start=start, end=end, status=status, page_size=page_size, page_token=token)
            yield page
            token = page.next_page_token
            if not token:
                return

    def get_artifact(self, identifier: str) -> artifacts_pb2.Artifact:
        """One artifact without its images.

        The error's reason is ARTIFACT_UNKNOWN, ARTIFACT_QUEUED (it can be fetched soon), ARTIFACT_DELETED or
        ARTIFACT_DAMAGED.
        """
        return self._call(self._artifacts.GetArtifact, artifacts_pb2.GetArtifactRequest(id=identifier), self._timeout)

    def artifact_image(self, identifier: str, index: int = 0) -> ArtifactImage:
        """One image of an artifact as it was uploaded; `index` counts from 0 in the order of the request.

        The error's reason may also be NO_SUCH_IMAGE. Raises ValueError for an index that no artifact has.
        """
        body = self._call(self._artifacts.GetArtifactImage, image_request(identifier, index), self._timeout)
        return artifact_image(body, identifier, index)

    def delete_artifact(self, identifier: str, *, reason: str = "") -> artifacts_pb2.DeleteArtifactResponse:
        """Delete one artifact for good; who asked, when and why stays. Repeating it gives the time of the first.

        An id that nothing was kept under is an error (ARTIFACT_UNKNOWN), and nothing can be kept under it any more.
        """
        request = artifacts_pb2.DeleteArtifactRequest(id=identifier, reason=reason)
        return self._call(self._artifacts.DeleteArtifact, request, self._timeout)

    def model_status(self, model: str = "") -> modelstatus_pb2.ModelStatus:
        """How far the download of the vision model is; `model` chooses another than the configured one.

        The error's reason is MODEL_UNKNOWN when no download was ever attempted.
        """
        request = modelstatus_pb2.GetModelStatusRequest(model=model)
        return self._call(self._model_status.GetModelStatus, request, self._short())

    def watch_model_status(self, model: str = "", *, lost: Lost | None = None) -> Iterator[modelstatus_pb2.ModelStatus]:
        """The same, at once and on each change, to the end: until it is `ready` or `error`.

        A connection that is lost is made again, and `lost` is told. TtbError is raised when nothing answers for the
        client's `timeout`, or for 10 seconds at the beginning.
        """
        patience = Patience(self._short(), self._timeout)
        request = modelstatus_pb2.WatchModelStatusRequest(model=model)
        while True:
            stream = self._model_status.WatchModelStatus(request, metadata=self._metadata)
            try:
                for status in stream:
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
            time.sleep(seconds)

    def _short(self) -> float:
        return min(SHORT_SECONDS, self._timeout)

    def _call(
        self,
        method: Method[Request, Answer],
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
                    raise told(error, self._connection.url) from error
        raise AssertionError("unreachable: the last attempt raises")
