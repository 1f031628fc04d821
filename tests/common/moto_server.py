"""A stand-in for S3: moto's server as a process on loopback.

It knows most of the S3 API, but neither signatures nor durability, and it is slow: nothing is measured against it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3

from tests.common.ports import free_ports, wait_for_port

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    # Neither the developer's own files nor an instance's role may be asked.
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass(frozen=True)
class MotoServer:
    """A running server; `environment` is what a process needs to reach it."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        return {**CREDENTIALS, "S3_ENDPOINT_URL": self.url}

    def client(self) -> S3Client:
        """A client for arranging and looking at buckets."""
        return boto3.session.Session(
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            region_name=CREDENTIALS["AWS_DEFAULT_REGION"],
        ).client("s3", endpoint_url=self.url)

    def make_bucket(self, name: str, *, versioned: bool = False) -> None:
        """A new, empty bucket."""
        make_bucket(self.client(), name, versioned=versioned)


def make_bucket(client: S3Client, name: str, *, versioned: bool = False) -> None:
    """A new, empty bucket."""
    client.create_bucket(Bucket=name)
    if versioned:
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


@contextlib.contextmanager
def running_moto(folder: Path) -> Iterator[MotoServer]:
    """A server that lives as long as the block; its log goes below `folder`."""
    (port,) = free_ports(1)
    log = folder / "moto.log"
    program = Path(sys.executable).with_name("moto_server")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program, "--host", "127.0.0.1", "--port", str(port)],
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **CREDENTIALS},
        )
    try:
        wait_for_port(port, process, log, seconds=60)
        yield MotoServer(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(30)
