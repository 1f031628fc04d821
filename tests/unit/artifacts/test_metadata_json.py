import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.artifacts.metadata_json import parse, render
from services.artifacts.model import Metadata, ValidationStatus
from services.common import request_id

ID = request_id.new()
METADATA = Metadata(
    request_id=ID,
    timestamp=datetime(2026, 2, 17, 20, 15, 45, tzinfo=UTC),
    validation_status=ValidationStatus.NEEDS_REVIEW,
    image_size_bytes=20_971_520,
    request={"application": {"brand_name": "Château “É”", "alcohol_content": 13.5}, "disabled_rules": []},
)


def canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def resealed(document: dict[str, Any]) -> bytes:
    del document["sha256"]["metadata.json"]
    document["sha256"]["metadata.json"] = hashlib.sha256(canonical(document)).hexdigest()
    return canonical(document)


def test_metadata_survive_with_their_checksums() -> None:
    content = render(METADATA, {"image.jpg": "ab"})

    found = parse(content, ID)

    assert replace(found, sha256={}) == METADATA
    assert found.sha256["image.jpg"] == "ab"
    assert json.loads(content)["timestamp"] == "2026-02-17T20:15:45Z"


def test_the_document_proves_itself_as_documented() -> None:
    content = render(METADATA, {"image.jpg": "ab"})

    assert content == canonical(json.loads(content))
    assert resealed(json.loads(content)) == content


def test_keys_of_a_later_schema_are_passed_over() -> None:
    document = json.loads(render(METADATA, {}))
    later = resealed(document | {"schema_version": "2", "reviewer": {"name": "x"}})

    assert parse(later, ID) == replace(METADATA, schema_version="2", sha256=json.loads(later)["sha256"])


@pytest.mark.parametrize(
    "change",
    [
        {"validation_status": "passed"},
        {"validation_status": "unheard of"},
        {"timestamp": "yesterday"},
        {"image_size_bytes": None},
        {"sha256": {}},
        {"sha256": 1},
        {"more": 1},
    ],
)
def test_any_change_is_seen(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(canonical(json.loads(render(METADATA, {})) | change), ID)


def test_every_flipped_or_missing_byte_is_seen() -> None:
    content = render(METADATA, {"image.jpg": "ab"})

    for n in range(len(content)):
        with pytest.raises(ValueError, match=r"."):
            parse(content[:n], ID)
        with pytest.raises(ValueError, match=r"."):
            parse(content[:n] + bytes([content[n] ^ 1]) + content[n + 1 :], ID)


def test_the_metadata_of_another_id_are_refused() -> None:
    with pytest.raises(ValueError, match="does not match"):
        parse(render(METADATA, {}), request_id.new())
