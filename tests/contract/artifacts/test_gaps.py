"""What the S3 servers of the tests lack, so that nobody takes their word for it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from services.artifacts.settings import ArtifactSettings
from tests.contract.artifacts.stores import KINDS, Gap, StoreKind

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

pytestmark = pytest.mark.parametrize(
    "kind", [pytest.param(kind, id=kind.name, marks=kind.marks) for kind in KINDS if kind.server], indirect=True
)


@contextlib.contextmanager
def connected(settings: ArtifactSettings, **credentials: str) -> Iterator[S3Client]:
    client = boto3.session.Session(**credentials).client("s3", endpoint_url=settings.s3_endpoint_url)
    try:
        yield client
    finally:
        client.close()


def test_a_wrong_secret(kind: StoreKind, settings: ArtifactSettings) -> None:
    wrong = {"aws_access_key_id": "nobody", "aws_secret_access_key": "wrong"}
    with connected(settings, **wrong) as client:
        try:
            client.list_objects_v2(Bucket=settings.s3_bucket)
        except ClientError:
            taken = False
        else:
            taken = True

    assert taken == (Gap.TAKES_ANY_SECRET in kind.gaps)


def test_a_second_conditional_put(kind: StoreKind, settings: ArtifactSettings) -> None:
    with connected(settings) as client:
        client.put_object(Bucket=settings.s3_bucket, Key="a", Body=b"first", IfNoneMatch="*")
        try:
            client.put_object(Bucket=settings.s3_bucket, Key="a", Body=b"second", IfNoneMatch="*")
        except ClientError:
            taken = False
        else:
            taken = True

    assert taken == (Gap.IGNORES_CONDITIONS_WHEN_VERSIONED in kind.gaps)
