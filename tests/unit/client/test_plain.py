from __future__ import annotations

import json

from google.protobuf import json_format, timestamp_pb2
from ttb.artifacts.v1 import artifacts_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client import to_json


def test_keys_stand_in_the_contracts_order_with_every_default() -> None:
    answer = pb.Verification(verdict=pb.Verdict.failed, rules_disabled=["a.b"], fields=[pb.LabelField(confidence=0.5)])
    plain = to_json(answer)
    assert isinstance(plain, dict)
    names = [field.name for field in pb.Verification.DESCRIPTOR.fields if field.name != "artifact"]
    assert list(plain) == names
    assert plain["verdict"] == "failed"
    assert json.dumps(plain["fields"]) == (
        '[{"name": "", "value": "", "text": "", "state": "unspecified", "confidence": 0.5, "evidence": [], '
        '"reason": ""}]'
    )


def test_times_are_text_and_maps_and_structs_keep_their_own_keys() -> None:
    artifact = artifacts_pb2.Artifact(
        metadata=artifacts_pb2.ArtifactMetadata(
            timestamp=timestamp_pb2.Timestamp(seconds=1795378545), sha256={"image.jpg": "ab"}
        )
    )
    result = {"verdict": "passed", "fields": [{"name": "vintage", "confidence": 0.5}], "processing_time_ms": 12}
    json_format.ParseDict(result, artifact.validation_result)
    plain = to_json(artifact)
    assert isinstance(plain, dict)
    metadata = plain["metadata"]
    assert isinstance(metadata, dict)
    assert metadata["timestamp"] == "2026-11-22T20:15:45Z"
    assert metadata["sha256"] == {"image.jpg": "ab"}
    # Also the types: 12 must not print as 12.0.
    assert json.dumps(plain["validation_result"], sort_keys=True) == json.dumps(result, sort_keys=True)
