r"""The typed client of the TTB label verifier.

Does this alcohol label meet 27 CFR, and does it say what the application says?

    from pathlib import Path
    from ttb_client import Application, TtbClient, Verdict

    with TtbClient("http://127.0.0.1:8000") as ttb:
        answer = ttb.verify(
            [Path("front.jpg"), Path("back.jpg")],
            panels=["front", "back"],
            application=Application(brand_name="STONE'S THROW", alcohol_content="13.5"),
        )
    print(Verdict.Value.Name(answer.verdict), *answer.reasons, sep="\n")

Answers are the contract's own messages (`ttb.validator.v1`, `ttb.artifacts.v1`, `ttb.modelstatus.v1`), which comment
every field.
"""

from __future__ import annotations

import os

# Read when gRPC is loaded: without it, a server that goes away is logged to the caller's stderr, beside the error.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")

from ttb.artifacts.v1.artifacts_pb2 import Artifact, ArtifactMetadata, ListArtifactsResponse, ValidationStatus
from ttb.modelstatus.v1.modelstatus_pb2 import DownloadState, ModelStatus
from ttb.ocr.v1.ocr_pb2 import ExtractTextResponse
from ttb.validator.v1.validator_pb2 import (
    Application,
    ArtifactState,
    BackendReading,
    Evidence,
    FieldState,
    Finding,
    GetHealthResponse,
    HealthStatus,
    LabelField,
    Rule,
    RuleExample,
    Severity,
    Verdict,
    Verification,
)

from ttb_client.artifacts import ArtifactImage
from ttb_client.async_client import AsyncTtbClient
from ttb_client.client import TtbClient
from ttb_client.errors import FieldViolation, TtbError
from ttb_client.plain import to_json
from ttb_client.requests import Image, VerifyOptions

__all__ = [
    "Application",
    "Artifact",
    "ArtifactImage",
    "ArtifactMetadata",
    "ArtifactState",
    "AsyncTtbClient",
    "BackendReading",
    "DownloadState",
    "Evidence",
    "ExtractTextResponse",
    "FieldState",
    "FieldViolation",
    "Finding",
    "GetHealthResponse",
    "HealthStatus",
    "Image",
    "LabelField",
    "ListArtifactsResponse",
    "ModelStatus",
    "Rule",
    "RuleExample",
    "Severity",
    "TtbClient",
    "TtbError",
    "ValidationStatus",
    "Verdict",
    "Verification",
    "VerifyOptions",
    "to_json",
]
