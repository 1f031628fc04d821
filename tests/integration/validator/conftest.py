from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest
from ttb.artifacts.v1 import artifacts_pb2_grpc
from ttb.ocr.v1 import ocr_pb2_grpc
from ttb.validator.v1 import validator_pb2 as pb
from ttb.validator.v1 import validator_pb2_grpc

from tests.common.ports import free_ports, wait_for_port
from tests.integration.validator.stubs import StubArtifacts, StubOcr, listening

if TYPE_CHECKING:  # the name exists in the type stubs only
    from ttb.validator.v1.validator_pb2_grpc import ValidatorServiceAsyncStub as Stub


class System:
    """A validator process of our own, with its spool in `folder`, and the stubs around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.spool = folder / "spool"
        self.ocr = StubOcr()
        self.artifacts = StubArtifacts()
        self.log = folder / "validator.log"
        self.validator_port, self.ocr_port, self.artifacts_port = free_ports(3)
        self.channel = grpc.aio.insecure_channel(
            f"127.0.0.1:{self.validator_port}",
            options=[("grpc.initial_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 200)],
        )
        self.stub: Stub = validator_pb2_grpc.ValidatorServiceStub(self.channel)
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "VALIDATOR_PORT": str(self.validator_port),
            "VALIDATOR_OCR_TARGET": f"127.0.0.1:{self.ocr_port}",
            "VALIDATOR_ARTIFACTS_TARGET": f"127.0.0.1:{self.artifacts_port}",
            "VALIDATOR_SPOOL_DIRECTORY": str(self.spool),
            "VALIDATOR_SECOND_LOOK_ROUNDS": "0",
            "VALIDATOR_ARTIFACT_WAIT_SECONDS": "5",
            "TTB_DRAIN_SECONDS": "0",
            "TTB_HEALTH_INTERVAL_SECONDS": "0.1",
            **more,
        }

    def start(self, **more: str) -> None:
        """Start the validator; returns when it listens."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.validator"], env=self.environment(**more), stdout=log, stderr=log
            )
        wait_for_port(self.validator_port, self.process, self.log)

    def kill(self) -> None:
        """SIGKILL, as a lost machine or the OOM killer would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(40)

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m services.validator ARGUMENTS` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "services.validator", *arguments],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    @asynccontextmanager
    async def artifacts_there(self) -> AsyncIterator[None]:
        """The artifacts service listens within the block."""
        async with listening(
            self.artifacts_port,
            lambda server: artifacts_pb2_grpc.add_ArtifactsServiceServicer_to_server(self.artifacts, server),
        ):
            yield

    async def verify(self, key: str = "", *, image: bytes = b"image", save: bool | None = True) -> pb.Verification:
        """Verify a label of one image."""
        request = pb.VerifyLabelRequest(images=[pb.LabelImage(content=image)], save_artifact=save)
        metadata = (("x-client-ip", "203.0.113.7"), *((("idempotency-key", key),) if key else ()))
        return await self.stub.VerifyLabel(request, metadata=metadata, timeout=60, wait_for_ready=True)

    async def health(self) -> pb.ArtifactsHealth:
        answer = await self.stub.GetHealth(pb.GetHealthRequest(), timeout=60, wait_for_ready=True)
        return answer.artifacts

    async def waits(self, identifier: str) -> bool:
        answer = await self.stub.FindQueuedArtifact(pb.FindQueuedArtifactRequest(id=identifier), timeout=60)
        return answer.queued

    async def empty(self) -> bool:
        return (await self.health()).spool_depth == 0


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[System]:
    held = System(tmp_path)
    async with listening(held.ocr_port, lambda server: ocr_pb2_grpc.add_OcrServiceServicer_to_server(held.ocr, server)):
        yield held
        await held.channel.close()
        if held.process is not None and held.process.poll() is None:
            held.kill()
