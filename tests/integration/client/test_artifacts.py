"""Artifacts through the sync and the async client: what is sent, and what of the answer is handed on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

import pytest
from ttb.artifacts.v1 import artifacts_pb2 as pb

from services.common.errors import Reason
from services.common.errors import TtbError as ServiceError
from tests.integration.client.stub_gateway import TIME, StubGateway, artifact_id
from ttb_client import ArtifactImage, AsyncTtbClient, TtbClient, TtbError

Call = Callable[..., Any]


def _sync(url: str, method: str, *arguments: Any, **options: Any) -> Any:
    with TtbClient(url, timeout=20) as client:
        answer = getattr(client, method)(*arguments, **options)
        return list(answer) if method == "artifact_pages" else answer


def _async(url: str, method: str, *arguments: Any, **options: Any) -> Any:
    async def call() -> Any:
        async with AsyncTtbClient(url, timeout=20) as client:
            answer = getattr(client, method)(*arguments, **options)
            return [page async for page in answer] if isinstance(answer, AsyncIterator) else await answer

    return asyncio.run(call())


@pytest.fixture(params=[_sync, _async], ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    way: Call = request.param
    return way


def test_every_page_is_asked_for_with_the_same_filter(call: Call, gateway: StubGateway) -> None:
    gateway.listed = [pb.ArtifactMetadata(request_id=artifact_id(number)) for number in range(5)]
    pages = call(
        gateway.url,
        "artifact_pages",
        start=date(2026, 11, 1),
        end=date(2026, 11, 30),
        status="needs_review",
        page_size=2,
    )
    assert [artifact.request_id for page in pages for artifact in page.artifacts] == [artifact_id(n) for n in range(5)]
    assert [request for request, _ in gateway.calls] == [
        pb.ListArtifactsRequest(
            start_date="2026-11-01",
            end_date="2026-11-30",
            validation_status=pb.ValidationStatus.needs_review,
            page_size=2,
            page_token=token,
        )
        for token in ("", "2", "4")
    ]


def test_an_image_comes_with_its_type_and_a_name_for_its_file(call: Call, gateway: StubGateway) -> None:
    image = call(gateway.url, "artifact_image", artifact_id(1), 1)
    assert image == ArtifactImage(b"\x89PNG\r\n", "image/png", f"{artifact_id(1)}-2.png")
    ((request, _),) = gateway.calls
    assert request == pb.GetArtifactImageRequest(id=artifact_id(1), index=1)


def test_a_deletion_is_repeated_until_it_is_answered(call: Call, gateway: StubGateway) -> None:
    away = ServiceError(Reason.STORE_UNAVAILABLE, "The store is away.", retry_after_seconds=0.1)
    gateway.errors = [away]
    answer = call(gateway.url, "delete_artifact", artifact_id(1), reason="asked for")
    assert (answer.id, answer.deleted_at) == (artifact_id(1), TIME)
    assert [request for request, _ in gateway.calls] == [
        pb.DeleteArtifactRequest(id=artifact_id(1), reason="asked for")
    ] * 2


def test_the_reason_tells_why_there_is_no_artifact(call: Call, gateway: StubGateway) -> None:
    gateway.errors = [ServiceError(Reason.ARTIFACT_QUEUED, "It is still on its way.")]
    with pytest.raises(TtbError) as caught:
        call(gateway.url, "get_artifact", artifact_id(1))
    assert caught.value.reason == "ARTIFACT_QUEUED"


@pytest.mark.parametrize(
    ("method", "arguments", "options"),
    [
        ("list_artifacts", (), {"status": "good"}),
        ("artifact_image", (artifact_id(1), 10), {}),
        ("verify", ([b"picture"],), {"idempotency_key": "two\nlines"}),
    ],
)
def test_what_the_contract_does_not_know_is_a_value_error(
    call: Call, gateway: StubGateway, method: str, arguments: tuple[Any, ...], options: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"status|index|idempotency key"):
        call(gateway.url, method, *arguments, **options)
    assert gateway.calls == []


def test_a_callers_own_key_makes_two_calls_one_artifact(call: Call, gateway: StubGateway) -> None:
    call(gateway.url, "verify", [b"picture"], idempotency_key="order 12")
    ((_, metadata),) = gateway.calls
    assert metadata["idempotency-key"] == "order 12"
