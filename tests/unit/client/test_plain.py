from __future__ import annotations

import json

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
        '[{"name": "", "value": "", "text": "", "state": "unspecified", "confidence": 0.5, "evidence": []}]'
    )
