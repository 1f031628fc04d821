"""`ttb artifacts` against the real system: what was verified is found, fetched as it was, and deleted for good."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.common.stack import Stack
from tests.e2e.command_line import ttb

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "wine-label.png"


@pytest.fixture
def kept(stack: Stack) -> str:
    """The id of an artifact of its own that is stored."""
    shown = ttb(stack, "verify", SAMPLE, "--save-artifact", "--brand-name", "STONE'S THROW", "--json")
    answer = json.loads(shown.stdout)
    assert answer["artifact"]["state"] in ("stored", "queued"), shown.stdout
    identifier: str = answer["artifact"]["id"]
    end = time.monotonic() + 30
    while ttb(stack, "artifacts", "get", identifier).returncode != 0:
        assert time.monotonic() < end, "the artifact was never stored"
    return identifier


def test_what_was_kept_is_shown_and_json_is_what_rest_answers(stack: Stack, kept: str) -> None:
    shown = ttb(stack, "artifacts", "get", kept)
    assert (shown.returncode, shown.stderr) == (0, "")
    for text in (kept, "brand name: STONE'S THROW", " PASSED ", "GOVERNMENT WARNING"):
        assert text in shown.stdout
    assert max(len(line) for line in shown.stdout.splitlines()) <= 100

    told = ttb(stack, "artifacts", "get", kept, "--json")
    assert json.loads(told.stdout) == httpx.get(f"{stack.url}/artifacts/{kept}").json()


def test_an_image_is_byte_for_byte_the_one_that_was_sent(stack: Stack, kept: str, tmp_path: Path) -> None:
    file = tmp_path / "label.png"
    fetched = ttb(stack, "artifacts", "image", kept, "-o", file)
    assert (fetched.returncode, fetched.stdout) == (0, f"{file}\n")
    assert file.read_bytes() == SAMPLE.read_bytes()

    missing = ttb(stack, "artifacts", "image", kept, "--index", "1", "-o", tmp_path / "none.png")
    assert (missing.returncode, (tmp_path / "none.png").exists()) == (5, False)


def test_a_deleted_artifact_is_gone_and_deleting_it_again_tells_the_same(stack: Stack, kept: str) -> None:
    assert kept in _listed(stack)
    assert kept not in _listed(stack, "--status", "failed")

    deleted = ttb(stack, "artifacts", "delete", kept, "--yes", "--reason", "a test")
    assert (deleted.returncode, deleted.stderr) == (0, "")
    assert deleted.stdout.startswith(f"{kept} was deleted at ")
    assert kept not in _listed(stack)
    gone = ttb(stack, "artifacts", "get", kept)
    assert (gone.returncode, gone.stdout) == (5, "")
    assert "deleted" in gone.stderr
    assert ttb(stack, "artifacts", "delete", kept, "--yes").stdout == deleted.stdout


@pytest.mark.parametrize(
    "identifier", ["0198f3a1-0000-7000-8000-000000000001", "../x", "0198F3A1-0000-7000-8000-000000000001", "x" * 10_000]
)
def test_an_id_that_leads_nowhere_is_refused_in_one_short_line(stack: Stack, identifier: str) -> None:
    refused = ttb(stack, "artifacts", "get", identifier)
    assert (refused.returncode, refused.stdout) == (5, "")
    assert len(refused.stderr) < 400
    assert len(refused.stderr.splitlines()) == 1


def _listed(stack: Stack, *options: str) -> list[str]:
    answer: dict[str, Any] = json.loads(ttb(stack, "artifacts", "list", "--limit", "0", "--json", *options).stdout)
    return [artifact["request_id"] for artifact in answer["artifacts"]]
