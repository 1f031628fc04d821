"""The only place where the validator's objects are wired."""

from __future__ import annotations

from datetime import UTC, date, datetime
from importlib.metadata import version

import grpc
from ttb.validator.v1 import validator_pb2_grpc

from services.common.server import Service
from services.common.settings import SharedSettings
from services.validator.ocr_client import OcrClient
from services.validator.servicer import ValidatorServicer
from services.validator.settings import ValidatorSettings
from services.validator.verification import Verifier


def _today() -> date:
    return datetime.now(UTC).date()


def build(settings: ValidatorSettings, shared: SharedSettings) -> Service:
    """The validator, ready to be served. Must be called inside a running event loop."""
    reader = OcrClient(
        settings.ocr_target,
        seconds=settings.ocr_seconds,
        attempts=settings.ocr_attempts,
        megabytes=shared.max_message_megabytes,
    )
    verifier = Verifier(reader, panels=settings.panels, rounds=settings.second_look_rounds)
    servicer = ValidatorServicer(reader, verifier, settings, _today, version("ttb-label-verifier"))

    def register(server: grpc.aio.Server) -> None:
        validator_pb2_grpc.add_ValidatorServiceServicer_to_server(servicer, server)

    return Service(
        full_name="ttb.validator.v1.ValidatorService",
        register=register,
        stop=reader.close,
        able=reader.serving,
        front_door=True,
    )
