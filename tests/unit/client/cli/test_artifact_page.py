from __future__ import annotations

import io
from typing import Any

from google.protobuf import json_format
from rich.console import Console, RenderableType
from ttb.artifacts.v1 import artifacts_pb2 as pb

from ttb_client.cli.artifact_page import LIST_HEADER, artifact_page, damaged_row, list_row

IDENTIFIER = "0198f3a1-0000-7000-8000-000000000001"
PLAIN: dict[str, Any] = {
    "metadata": {
        "request_id": IDENTIFIER,
        "timestamp": "2026-11-22T20:15:45Z",
        "client_ip": "192.0.2.7",
        "image_size_bytes": 1_300_000,
        "image_format": "jpeg",
        "ocr_backend": "auto",
        "validation_status": "needs_review",
        "sha256": {"image.jpg": "ab", "image-2.png": "cd", "extracted_text.json": "ef"},
        "request": {
            "application": {"brand_name": "STONE'S THROW", "vintage": ""},
            "panels_complete": True,
            "for_export": False,
            "images": [{"panel": "front"}, {"panel": "back"}],
        },
    },
    "extracted_text": {
        "schema_version": "1",
        "pages": [
            {
                "width": 600,
                "height": 400,
                "lines": [{"text": "STONE'S\x1b[2J THROW"}, {"text": "a second look", "look": 1}],
            }
        ],
    },
    "validation_result": {
        "schema_version": "1",
        "request_id": IDENTIFIER,
        "verdict": "needs_review",
        "reasons": ["No health warning was found."],
        "as_of": "2026-11-22",
        "processing_time_ms": 1523,
        "artifact": {"id": IDENTIFIER, "state": "queued"},
    },
}
PAGE = """\
artifact     0198f3a1-0000-7000-8000-000000000001
verified     2026-11-22 20:15:45 UTC
verdict      needs review
images       2, 1.3 MB, the first is jpeg
client       192.0.2.7
application  brand name: STONE'S THROW
asked for    images: front, back; panels complete: yes

 NEEDS REVIEW   unknown product type · unknown origin · law as of 2026-11-22 · 1.5 s

To be looked at
  • No health warning was found.

Read from the label

request: 0198f3a1-0000-7000-8000-000000000001

Text of image 1  600 × 400 px
  STONE'S [2J THROW
"""
ARTIFACT = json_format.ParseDict(PLAIN, pb.Artifact())


def _shown(page: RenderableType) -> str:
    out = io.StringIO()
    Console(file=out, width=100, markup=False, highlight=False).print(page)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def test_the_page_tells_what_was_asked_and_what_was_found() -> None:
    assert _shown(artifact_page(ARTIFACT)) == PAGE


def test_rows_stand_under_their_header() -> None:
    rows = [row.plain for row in (LIST_HEADER, list_row(ARTIFACT.metadata), damaged_row("0198f3a1"))]
    assert rows == [
        "artifact                              time (UTC)        verdict       backend    brand name",
        "0198f3a1-0000-7000-8000-000000000001  2026-11-22 20:15  needs review  auto       STONE'S THROW",
        "0198f3a1                                                damaged",
    ]
