"""What the S3 store makes of a server's answers that no server of the tests gives."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from services.artifacts.s3_lifecycle import NO_RULE, NOT_TOLD
from services.artifacts.s3_store import S3Store
from services.artifacts.settings import ArtifactSettings
from services.common.errors import Reason, TtbError
from tests.common.moto_server import CREDENTIALS
from tests.common.ports import free_ports

BUCKET = "kept"


@pytest.fixture
async def store(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[S3Store]:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    (port,) = free_ports(1)
    store = S3Store(
        ArtifactSettings(s3_bucket=BUCKET, s3_endpoint_url=f"http://127.0.0.1:{port}", s3_attempts=1, s3_connections=2)
    )
    yield store
    await store.close()


@pytest.fixture
async def server(store: S3Store) -> AsyncIterator[Stubber]:
    with Stubber(store._client) as server:
        yield server
        server.assert_no_pending_responses()


def body(content: bytes) -> StreamingBody:
    return StreamingBody(BytesIO(content), len(content))


@pytest.mark.parametrize(
    ("code", "status", "remedy"),
    [
        ("AccessDenied", 403, "check the credentials"),
        ("SignatureDoesNotMatch", 403, "check the credentials"),
        ("NoSuchBucket", 404, "create it, or correct the setting"),
        ("SlowDown", 503, "try again in a moment"),
        ("InternalError", 500, "try again in a moment"),
        ("InvalidObjectState", 403, "restore it first"),
        ("SomethingNew", 400, "see the service's log"),
    ],
)
async def test_an_error_is_told_with_what_to_do(
    store: S3Store, server: Stubber, code: str, status: int, remedy: str
) -> None:
    server.add_client_error("get_object", code, f"internal words about {BUCKET}", status)

    with pytest.raises(TtbError, match=remedy) as failure:
        await store.get("a")

    assert failure.value.reason is Reason.STORE_UNAVAILABLE
    assert failure.value.retry_after_seconds
    assert "internal words" not in failure.value.message


async def test_a_server_that_is_away_is_told(store: S3Store) -> None:
    with pytest.raises(TtbError, match="check S3_ENDPOINT_URL"):
        await store.check()


async def test_missing_credentials_are_told(store: S3Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    bare = S3Store(ArtifactSettings(s3_bucket=BUCKET, s3_endpoint_url="http://127.0.0.1:9", s3_attempts=1))
    with pytest.raises(TtbError, match="set AWS_ACCESS_KEY_ID"):
        await bare.check()
    await bare.close()


async def test_an_object_that_could_not_be_removed_is_an_error(store: S3Store, server: Stubber) -> None:
    listed = {"Versions": [{"Key": "a", "VersionId": "1"}], "DeleteMarkers": [{"Key": "a", "VersionId": "2"}]}
    server.add_response("list_object_versions", listed)
    server.add_response(
        "delete_objects",
        {"Errors": [{"Key": "a", "VersionId": "1", "Code": "AccessDenied"}]},
        {
            "Bucket": BUCKET,
            "Delete": {"Objects": [{"Key": "a", "VersionId": "1"}, {"Key": "a", "VersionId": "2"}], "Quiet": True},
        },
    )

    with pytest.raises(TtbError, match="refuses access"):
        await store.purge("a")


async def test_a_server_without_versions_is_purged_by_keys(store: S3Store, server: Stubber) -> None:
    for operation in ("purge", "remains"):
        server.add_client_error("list_object_versions", "NotImplemented", http_status_code=501)
        server.add_response("list_objects_v2", {"Contents": [{"Key": "a/1"}, {"Key": "a/2"}]})
        if operation == "purge":
            objects = [{"Key": "a/1"}, {"Key": "a/2"}]
            server.add_response("delete_objects", {}, {"Bucket": BUCKET, "Delete": {"Objects": objects, "Quiet": True}})

    await store.purge("a/")
    assert await store.remains("a/") == ["a/1", "a/2"]


async def test_where_the_condition_is_ignored_the_oldest_version_wins(store: S3Store, server: Stubber) -> None:
    def version(name: str, second: int, key: str = "a") -> dict[str, Any]:
        return {"Key": key, "VersionId": name, "LastModified": datetime(2026, 11, 22, 12, 0, second, tzinfo=UTC)}

    listed = {
        "Versions": [version("mine", 9), version("first", 7), version("gone", 3), version("other", 1, "ab")],
        "DeleteMarkers": [version("marker", 5)],
    }
    server.add_response("put_object", {"VersionId": "mine"})
    server.add_response("list_object_versions", listed)
    server.add_response("delete_object", {}, {"Bucket": BUCKET, "Key": "a", "VersionId": "mine"})
    server.add_response(
        "get_object", {"Body": body(b"first one's")}, {"Bucket": BUCKET, "Key": "a", "VersionId": "first"}
    )

    assert await store.put_if_absent("a", b"mine", "text/plain") == b"first one's"


EXPIRES = "The bucket's lifecycle removes artifacts after 365 days"
EXPIRE = {"Status": "Enabled", "Expiration": {"Days": 365}}
MOVE = {
    "Status": "Enabled",
    "Transitions": [{"Days": 90, "StorageClass": "GLACIER_IR"}, {"Days": 30, "StorageClass": "STANDARD_IA"}],
}


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ([EXPIRE | {"Filter": {"Prefix": ""}}], f"{EXPIRES}."),
        (
            [EXPIRE | {"Filter": {"Prefix": "artifacts/"}}, MOVE | {"Prefix": ""}],
            f"{EXPIRES}; it moves them to STANDARD_IA after 30 days, to GLACIER_IR after 90 days.",
        ),
        ([EXPIRE | {"Filter": {"Prefix": "index/"}}], NO_RULE),
        ([EXPIRE | {"Filter": {"Tag": {"Key": "a", "Value": "b"}}}], NO_RULE),
        ([EXPIRE | {"Filter": {}, "Status": "Disabled"}], NO_RULE),
    ],
)
async def test_the_lifecycle_is_told(store: S3Store, server: Stubber, rules: list[dict[str, Any]], told: str) -> None:
    server.add_response("get_bucket_lifecycle_configuration", {"Rules": rules})

    assert await store.retention() == told


@pytest.mark.parametrize(
    ("code", "told"),
    [("NoSuchLifecycleConfiguration", NO_RULE), ("AccessDenied", NOT_TOLD), ("NotImplemented", NOT_TOLD)],
)
async def test_a_lifecycle_that_is_not_there_is_told(store: S3Store, server: Stubber, code: str, told: str) -> None:
    server.add_client_error("get_bucket_lifecycle_configuration", code)

    assert await store.retention() == told
