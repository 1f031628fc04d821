"""Artifacts through the gateway: kept with a verification, found, fetched byte for byte, and deleted for good."""

from __future__ import annotations

import hashlib
import http.client
import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc
import httpx
import pytest
import uuid_utils
from PIL import Image
from ttb.artifacts.v1 import artifacts_pb2 as pb
from ttb.artifacts.v1 import artifacts_pb2_grpc

from scripts.programs import HOST
from services.artifacts import convert
from services.artifacts.model import ValidationStatus
from tests.common.kept import kept
from tests.common.stack import Stack
from tests.e2e.refusals import fields_of, reason_of

PNG = (Path(__file__).resolve().parents[2] / "samples" / "wine-label.png").read_bytes()
UNKNOWN = "0198f3a1-5b7c-7d2e-8f10-3c5a9e4b2d61"
MEGABYTE = 1024 * 1024


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(PNG)).convert("RGB").save(file, "JPEG")
    return file.getvalue()


@dataclass(frozen=True)
class Saved:
    """A label of two panels that was verified and saved, and the answer to it."""

    id: str
    answer: dict[str, Any]
    panels: tuple[bytes, bytes]


@pytest.fixture(scope="session")
def http_(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def saved(http_: httpx.Client) -> Saved:
    panels = (jpeg(), PNG)
    answer = http_.post(
        "/verify",
        data={"save_artifact": "true", "ocr_backend": "tesseract", "brand_name": "STONE'S THROW"},
        files=[("file", ("front.jpg", panels[0])), ("file", ("back.png", panels[1]))],
    ).json()
    assert answer["artifact"]["id"] == answer["request_id"]
    wait_until_stored(http_, answer)
    return Saved(answer["artifact"]["id"], answer, panels)


def wait_until_stored(http_: httpx.Client, answer: dict[str, Any]) -> None:
    """Return when the artifact of an answer can be fetched: `stored` says so at once, `queued` soon."""
    path, state = f"/artifacts/{answer['artifact']['id']}", answer["artifact"]["state"]
    assert state in ("stored", "queued")
    end = time.monotonic() + (30 if state == "queued" else 0)
    while (fetched := http_.get(path)).status_code != httpx.codes.OK:
        assert time.monotonic() < end, fetched.text
        assert reason_of(fetched) == "ARTIFACT_QUEUED"


def fill(stack: Stack, when: datetime, status: ValidationStatus = ValidationStatus.PASSED, **changes: bytes) -> str:
    """Save an artifact of that time as the validator does, without the time it takes to read a label."""
    made = kept(when, status)
    request = pb.SaveArtifactRequest(
        metadata=convert.metadata_to_proto(made.artifact.metadata),
        images=[pb.ArtifactImage(content=each.content, image_format=each.format) for each in made.images],
        extracted_text=made.artifact.extracted_text,
        validation_result=made.artifact.validation_result,
    )
    if "image" in changes:
        request.images[0].content = changes["image"]
    options = [("grpc.max_send_message_length", 64 * MEGABYTE)]
    with grpc.insecure_channel(f"{HOST}:{stack.environment['ARTIFACT_PORT']}", options) as channel:
        answer = artifacts_pb2_grpc.ArtifactsServiceStub(channel).SaveArtifact(request, timeout=30)
    return str(answer.id)


def test_a_verification_is_kept_as_it_was_answered(http_: httpx.Client, saved: Saved) -> None:
    artifact = http_.get(f"/artifacts/{saved.id}").raise_for_status().json()
    result = artifact["validation_result"]
    assert result.pop("schema_version")
    answered = {name: value for name, value in saved.answer.items() if name != "artifact"}
    assert {name: value for name, value in result.items() if name != "artifact"} == answered

    assert artifact["extracted_text"]["schema_version"]
    assert len(artifact["extracted_text"]["pages"]) == 2
    assert "GOVERNMENT WARNING" in json.dumps(artifact["extracted_text"])

    metadata = artifact["metadata"]
    assert (metadata["request_id"], metadata["validation_status"]) == (saved.id, saved.answer["verdict"])
    assert (metadata["client_ip"], metadata["image_format"], metadata["ocr_backend"]) == (
        "127.0.0.1",
        "jpeg",
        "tesseract",
    )
    assert metadata["image_size_bytes"] == sum(map(len, saved.panels))
    assert metadata["request"]["application"]["brand_name"] == "STONE'S THROW"
    digests = [hashlib.sha256(panel).hexdigest() for panel in saved.panels]
    assert [metadata["sha256"][name] for name in ("image.jpg", "image-2.png")] == digests


@pytest.mark.parametrize(("query", "panel", "kind"), [("", 0, "jpg"), ("?index=1", 1, "png")])
def test_an_image_is_what_was_uploaded(http_: httpx.Client, saved: Saved, query: str, panel: int, kind: str) -> None:
    answer = http_.get(f"/artifacts/{saved.id}/image{query}").raise_for_status()
    assert answer.content == saved.panels[panel]
    assert answer.headers["content-type"] == {"jpg": "image/jpeg", "png": "image/png"}[kind]
    assert answer.headers["etag"] == f'"{hashlib.sha256(answer.content).hexdigest()}"'
    name = f"{saved.id}.jpg" if panel == 0 else f"{saved.id}-2.png"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_image_of_the_largest_size_arrives(stack: Stack, http_: httpx.Client) -> None:
    image = bytes(range(256)) * (20 * MEGABYTE // 256)
    identifier = fill(stack, datetime.now(UTC) - timedelta(days=90), image=image)
    assert http_.get(f"/artifacts/{identifier}/image").raise_for_status().content == image


def test_a_listing_is_newest_first_by_day_and_verdict(stack: Stack, http_: httpx.Client) -> None:
    first = datetime.now(UTC).replace(hour=12) - timedelta(days=60)
    statuses = (*ValidationStatus, ValidationStatus.PASSED)
    ids = [fill(stack, first + timedelta(days=day), status) for day, status in enumerate(statuses)]

    def listed(start: int, end: int, **more: str | int) -> list[str]:
        days = {"start_date": first + timedelta(days=start), "end_date": first + timedelta(days=end)}
        query = {name: str(day.date()) for name, day in days.items()} | more
        answer = http_.get("/artifacts", params=query).raise_for_status().json()
        assert answer["damaged"] == []
        return [artifact["request_id"] for artifact in answer["artifacts"]]

    assert listed(0, 3) == ids[::-1]
    assert listed(1, 2) == [ids[2], ids[1]]
    assert listed(0, 3, validation_status="passed") == [ids[3], ids[0]]
    assert listed(1, 2, validation_status="passed") == []
    assert listed(0, 3, page_size=2) == [ids[3], ids[2]]


def test_pages_go_on_where_they_stopped_while_new_artifacts_come(stack: Stack, http_: httpx.Client) -> None:
    moment = datetime.now(UTC).replace(hour=12) - timedelta(days=70)
    ids = [fill(stack, moment + timedelta(seconds=second)) for second in range(5)]
    query: dict[str, str | int] = {
        "start_date": str(moment.date()), "end_date": str(moment.date()), "page_size": 2
    }  # fmt: skip
    found: list[str] = []
    while True:
        page = http_.get("/artifacts", params=query).raise_for_status().json()
        found += [artifact["request_id"] for artifact in page["artifacts"]]
        if not page["next_page_token"]:
            break
        query["page_token"] = page["next_page_token"]
        fill(stack, moment + timedelta(minutes=1))
    assert found == ids[::-1]


def test_what_was_deleted_is_gone_and_stays_so(stack: Stack, http_: httpx.Client) -> None:
    moment = datetime.now(UTC) - timedelta(days=80)
    identifier = fill(stack, moment)
    first = http_.delete(f"/artifacts/{identifier}", params={"reason": "a test"}).raise_for_status().json()
    assert first["id"] == identifier
    assert http_.delete(f"/artifacts/{identifier}").raise_for_status().json() == first
    for path in (f"/artifacts/{identifier}", f"/artifacts/{identifier}/image"):
        answer = http_.get(path)
        assert (answer.status_code, reason_of(answer)) == (404, "ARTIFACT_DELETED")
    day = str(moment.date())
    assert http_.get("/artifacts", params={"start_date": day, "end_date": day}).json()["artifacts"] == []

    store = Path(stack.environment["ARTIFACT_DIRECTORY"])
    (left,) = [path for path in store.rglob("*") if path.is_file() and identifier in str(path)]
    tombstone = json.loads(left.read_text())
    assert tombstone == {
        "id": identifier,
        "deleted_at": first["deleted_at"],
        "who": "client address 127.0.0.1",
        "reason": "a test",
        "found": True,
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"/artifacts/{UNKNOWN}"), ("GET", f"/artifacts/{UNKNOWN}/image"), ("DELETE", f"/artifacts/{UNKNOWN}")],
)
def test_an_unknown_id_is_a_404_that_says_so(http_: httpx.Client, method: str, path: str) -> None:
    answer = http_.request(method, path.replace(UNKNOWN, str(uuid_utils.uuid7())))
    assert (answer.status_code, reason_of(answer)) == (404, "ARTIFACT_UNKNOWN")


def test_an_image_that_the_artifact_has_not_is_a_404(http_: httpx.Client, saved: Saved) -> None:
    answer = http_.get(f"/artifacts/{saved.id}/image?index=2")
    assert (answer.status_code, reason_of(answer)) == (404, "NO_SUCH_IMAGE")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("start_date=2026-02-30", "start_date"),
        ("end_date=yesterday", "end_date"),
        ("start_date=2026-02-02&end_date=2026-02-01", "start_date"),
        ("page_size=-1", "page_size"),
        ("page_size=1001", "page_size"),
        ("page_token=forged", "page_token"),
        ("page_token=%00", "page_token"),
    ],
)
def test_a_bad_filter_is_a_400_that_names_it(http_: httpx.Client, query: str, field: str) -> None:
    answer = http_.get(f"/artifacts?{query}")
    assert (answer.status_code, reason_of(answer), fields_of(answer)) == (400, "INVALID_FIELD", [field])


def test_a_token_of_another_listing_is_refused(stack: Stack, http_: httpx.Client) -> None:
    for second in range(2):
        fill(stack, datetime.now(UTC) - timedelta(days=100, seconds=second))
    token = http_.get("/artifacts?page_size=1").json()["next_page_token"]
    answer = http_.get("/artifacts", params={"page_token": token, "validation_status": "failed"})
    assert (answer.status_code, fields_of(answer)) == (400, ["page_token"])


@pytest.mark.parametrize(("method", "suffix"), [("GET", ""), ("GET", "/image"), ("DELETE", "")])
@pytest.mark.parametrize(
    "identifier",
    [
        "..",
        ".",
        "../x",
        "../../etc/passwd",
        "../rules",
        "..%2f",
        "..%2F..%2Fetc%2Fpasswd",
        "%2e%2e",
        "%2E%2e/%2e%2e/x",
        "..%5c..",
        "..\\x",
        "%00",
        "a%0d%0ab",
        "%C3%A9",
        "%F0%9F%8D%B7",
        "x" * 10_000,
        "x" * 60_000,
        UNKNOWN.upper(),
        UNKNOWN.replace("-7", "-4"),
        UNKNOWN.replace("-", ""),
        f"{UNKNOWN}%20",
        "",
    ],
    ids=lambda identifier: identifier[:20] or "empty",
)
def test_a_hostile_id_is_a_400_that_names_it(stack: Stack, method: str, identifier: str, suffix: str) -> None:
    answer = as_it_stands(stack, method, f"/artifacts/{identifier}{suffix}")
    assert (answer.status_code, reason_of(answer), fields_of(answer)) == (400, "INVALID_FIELD", ["id"])
    assert "UUID" in answer.json()["message"]
    assert len(answer.content) < 1000


def test_an_id_that_is_not_utf8_is_a_400(stack: Stack) -> None:
    answer = as_it_stands(stack, "GET", "/artifacts/%ff")
    assert (answer.status_code, reason_of(answer)) == (400, "INVALID_REQUEST")


def test_a_query_cannot_name_another_artifact_than_the_path(http_: httpx.Client, saved: Saved) -> None:
    answer = http_.delete(f"/artifacts/{uuid_utils.uuid7()}?id={saved.id}")
    assert (answer.status_code, reason_of(answer)) == (404, "ARTIFACT_UNKNOWN")
    assert http_.get(f"/artifacts/{saved.id}").status_code == httpx.codes.OK


def as_it_stands(stack: Stack, method: str, path: str) -> httpx.Response:
    """Send a path as it is; httpx would tidy it up first."""
    connection = http.client.HTTPConnection(stack.grpc_target, timeout=30)
    try:
        connection.request(method, path)
        answer = connection.getresponse()
        return httpx.Response(answer.status, content=answer.read())
    finally:
        connection.close()


def test_native_grpc_reads_lists_and_deletes(stack: Stack, saved: Saved) -> None:
    identifier = fill(stack, datetime.now(UTC) - timedelta(days=85))
    with grpc.insecure_channel(stack.grpc_target) as channel:
        stub = artifacts_pb2_grpc.ArtifactsServiceStub(channel)
        artifact = stub.GetArtifact(pb.GetArtifactRequest(id=saved.id), timeout=10)
        assert artifact.metadata.validation_status == pb.ValidationStatus.Value.Value(saved.answer["verdict"])
        body, call = stub.GetArtifactImage.with_call(pb.GetArtifactImageRequest(id=saved.id, index=1), timeout=10)
        assert (body.content_type, body.data) == ("image/png", saved.panels[1])
        assert dict(call.initial_metadata())["etag"] == f'"{artifact.metadata.sha256["image-2.png"]}"'
        stub.DeleteArtifact(pb.DeleteArtifactRequest(id=identifier), timeout=10)
        with pytest.raises(grpc.RpcError) as caught:
            stub.GetArtifact(pb.GetArtifactRequest(id=identifier), timeout=10)
        assert isinstance(caught.value, grpc.Call)
        assert caught.value.code() is grpc.StatusCode.NOT_FOUND
        listed = stub.ListArtifacts(pb.ListArtifactsRequest(page_size=1000), timeout=10)
        assert saved.id in (ids := [each.request_id for each in listed.artifacts])
        assert identifier not in ids


@pytest.mark.parametrize(
    "method",
    [
        "/ttb.artifacts.v1.ArtifactsService/SaveArtifact",
        "/ttb.artifacts.v1.ArtifactsService/GetStorage",
        "/ttb.validator.v1.ValidatorService/FindQueuedArtifact",
    ],
)
def test_what_only_services_call_is_not_served_outside(stack: Stack, method: str) -> None:
    with grpc.insecure_channel(stack.grpc_target) as channel, pytest.raises(grpc.RpcError) as caught:
        channel.unary_unary(method)(b"", timeout=10)
    assert isinstance(caught.value, grpc.Call)
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED
