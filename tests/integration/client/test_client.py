"""The sync and the async client against a stub of the gateway: the same answers, repetitions and errors."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, invalid_field
from services.common.errors import TtbError as ServiceError
from tests.integration.client.stub_gateway import REQUEST_ID, StubGateway
from ttb_client import Application, AsyncTtbClient, FieldViolation, TtbClient, TtbError

Verify = Callable[..., pb.Verification]


def _sync(url: str, *arguments: Any, timeout: float = 20, **options: Any) -> pb.Verification:
    with TtbClient(url, timeout=timeout, token="secret") as client:  # noqa: S106 - no secret of anyone's
        return client.verify(*arguments, **options)


def _async(url: str, *arguments: Any, timeout: float = 20, **options: Any) -> pb.Verification:
    async def verify() -> pb.Verification:
        async with AsyncTtbClient(url, timeout=timeout, token="secret") as client:  # noqa: S106
            return await client.verify(*arguments, **options)

    return asyncio.run(verify())


@pytest.fixture(params=[_sync, _async], ids=["sync", "async"])
def verify(request: pytest.FixtureRequest) -> Verify:
    way: Verify = request.param
    return way


def test_images_application_and_token_are_sent(verify: Verify, gateway: StubGateway, image: Path) -> None:
    gateway.verification.verdict = pb.Verdict.needs_review
    answer = verify(
        gateway.url, [image, b"more"], panels=["front", "back"], application=Application(brand_name="ELM CELLARS")
    )
    assert answer.verdict == pb.Verdict.needs_review
    ((request, metadata),) = gateway.calls
    assert [(each.content, each.panel) for each in request.images] == [
        (b"a picture", pb.Panel.front),
        (b"more", pb.Panel.back),
    ]
    assert request.application.brand_name == "ELM CELLARS"
    assert metadata["authorization"] == "Bearer secret"


def test_what_passes_is_repeated_as_the_same_request(verify: Verify, gateway: StubGateway) -> None:
    busy = ServiceError(Reason.QUEUE_FULL, "Busy.", retry_after_seconds=0.4)
    gateway.errors = [grpc.StatusCode.UNAVAILABLE, busy]
    began = time.monotonic()
    verify(gateway.url, [b"picture"])
    assert time.monotonic() - began >= 0.4
    assert len(gateway.calls) == 3
    assert len({metadata["idempotency-key"] for _, metadata in gateway.calls}) == 1


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(grpc.StatusCode.INTERNAL, id="a fault"),
        pytest.param(grpc.StatusCode.RESOURCE_EXHAUSTED, id="too large a message"),
        pytest.param(ServiceError(Reason.BACKEND_UNAVAILABLE, "Not there."), id="a service that says nothing of later"),
        pytest.param(ServiceError(Reason.QUEUE_FULL, "Busy.", retry_after_seconds=60), id="later than there is time"),
    ],
)
def test_nothing_else_is_repeated(verify: Verify, gateway: StubGateway, error: ServiceError | grpc.StatusCode) -> None:
    gateway.errors = [error]
    with pytest.raises(TtbError):
        verify(gateway.url, [b"picture"])
    assert len(gateway.calls) == 1


def test_it_gives_up_after_three_attempts(verify: Verify, gateway: StubGateway) -> None:
    gateway.errors = [grpc.StatusCode.UNAVAILABLE] * 4
    with pytest.raises(TtbError) as caught:
        verify(gateway.url, [b"picture"])
    assert (caught.value.reason, len(gateway.calls)) == ("UNAVAILABLE", 3)


def test_an_error_keeps_what_the_server_told(verify: Verify, gateway: StubGateway) -> None:
    gateway.errors = [invalid_field("as_of", "is no date")]
    with pytest.raises(TtbError) as caught:
        verify(gateway.url, [b"picture"])
    error = caught.value
    assert (error.code, error.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELD")
    assert error.violations == (FieldViolation("as_of", "is no date"),)
    assert (error.message, error.request_id) == ("as_of: is no date", REQUEST_ID)


@pytest.mark.parametrize(
    "options",
    [
        {"panels": ["front", "back"]},
        {"panels": ["roof"]},
        {"product_type": "cider"},
        {"colour": "red"},
        {"lab_abv": "much"},
    ],
)
def test_an_option_that_does_not_exist_is_a_value_error(
    verify: Verify, gateway: StubGateway, options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"panel|product_type|colour|lab_abv"):
        verify(gateway.url, [b"picture"], **options)
    assert gateway.calls == []
