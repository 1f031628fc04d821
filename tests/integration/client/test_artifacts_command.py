"""`ttb artifacts` against a stub of the gateway: what it prints, writes, asks, and never does unasked."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from ttb.artifacts.v1 import artifacts_pb2 as pb

from services.common.errors import Reason, TtbError
from tests.integration.client.conftest import Run
from tests.integration.client.stub_gateway import TIME, StubGateway, artifact_id

ID = artifact_id(1)
PNG = b"\x89PNG\r\n"


@pytest.fixture(autouse=True)
def artifacts(gateway: StubGateway) -> None:
    """Many to list, and one to fetch."""
    gateway.listed = [
        pb.ArtifactMetadata(
            request_id=artifact_id(number), timestamp=TIME, validation_status=pb.ValidationStatus.failed
        )
        for number in range(250)
    ]
    gateway.artifact.metadata.CopyFrom(gateway.listed[1])


def test_a_list_goes_over_pages_and_says_that_there_is_more(ttb: Run, gateway: StubGateway) -> None:
    outcome = ttb("artifacts", "list", "--limit", "120", "--start", "2026-11-01", "--status", "failed")
    header, *rows = outcome.out.splitlines()
    assert header.split()[0] == "artifact"
    assert [row.split()[0] for row in rows] == [artifact_id(number) for number in range(120)]
    assert rows[0].split()[1:] == ["2026-11-22", "20:15", "failed"]
    assert (outcome.code, outcome.err) == (0, "ttb: there are more than 120; --limit 0 lists all\n")
    assert [(request.page_size, request.start_date) for request, _ in gateway.calls] == [
        (100, "2026-11-01"),
        (20, "2026-11-01"),
    ]


def test_json_holds_all_pages_in_one_answer(ttb: Run) -> None:
    outcome = ttb("artifacts", "list", "--limit", "0", "--json")
    answer = json.loads(outcome.out)
    assert [each["request_id"] for each in answer["artifacts"]] == [artifact_id(number) for number in range(250)]
    assert (answer["next_page_token"], outcome.err) == ("", "")


def test_nothing_to_list_is_no_error(ttb: Run, gateway: StubGateway) -> None:
    gateway.listed = []
    outcome = ttb("artifacts", "list")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "ttb: no artifacts\n")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TtbError(Reason.ARTIFACT_UNKNOWN, "There is none."), 5),
        (TtbError(Reason.ARTIFACT_DELETED, "It was deleted."), 5),
        (TtbError(Reason.STORE_UNAVAILABLE, "The store is away."), 4),
        (TtbError(Reason.ARTIFACT_DAMAGED, "image.jpg was altered."), 70),
    ],
)
def test_an_artifact_that_cannot_be_given_is_one_line_and_an_exit_code(
    ttb: Run, gateway: StubGateway, error: TtbError, code: int
) -> None:
    gateway.errors = [error]
    outcome = ttb("artifacts", "get", ID)
    assert (outcome.code, outcome.out) == (code, "")
    assert outcome.err.startswith(f"ttb: {error.message}")


def test_an_image_goes_to_a_file_named_after_it_and_replaces_none(
    ttb: Run, gateway: StubGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = ttb("artifacts", "image", ID, "--index", "1")
    assert (first.code, first.out, first.err) == (0, f"{ID}-2.png\n", "")
    file = tmp_path / f"{ID}-2.png"
    assert file.read_bytes() == PNG

    file.write_bytes(b"mine")
    again = ttb("artifacts", "image", ID, "--index", "1")
    assert (again.code, file.read_bytes()) == (2, b"mine")
    assert "--force" in again.err
    assert ttb("artifacts", "image", ID, "--index", "1", "--force").code == 0
    assert file.read_bytes() == PNG


def test_a_file_that_cannot_be_written_is_wrong_usage(ttb: Run, tmp_path: Path) -> None:
    outcome = ttb("artifacts", "image", ID, "-o", tmp_path / "none" / "a.png")
    assert outcome.code == 2
    assert "cannot be written" in outcome.err


def test_an_image_can_be_piped_but_not_shown_on_a_terminal(gateway: StubGateway) -> None:
    command = [sys.executable, "-m", "ttb_client", "artifacts", "image", ID, "-o", "-", "--url", gateway.url]
    assert subprocess.run(command, check=True, capture_output=True, timeout=30).stdout == PNG
    gateway.calls.clear()

    terminal, end = pty.openpty()
    shown = subprocess.run(command, check=False, stdout=end, stderr=subprocess.PIPE, timeout=30)
    os.close(end)
    os.close(terminal)
    assert (shown.returncode, gateway.calls) == (2, [])
    assert b"--output" in shown.stderr


def test_a_deletion_is_asked_for_or_confirmed_by_an_option(ttb: Run, gateway: StubGateway) -> None:
    unasked = ttb("artifacts", "delete", ID)
    assert (unasked.code, unasked.out, gateway.calls) == (2, "", [])
    assert "--yes" in unasked.err

    deleted = ttb("artifacts", "delete", ID, "--yes", "--reason", "asked for")
    assert (deleted.code, deleted.err) == (0, "")
    assert deleted.out == f"{ID} was deleted at 2026-11-22 20:15:45 UTC\n"
    ((request, _),) = gateway.calls
    assert request == pb.DeleteArtifactRequest(id=ID, reason="asked for")


@pytest.mark.parametrize(
    ("answer", "code", "deleted"),
    [(b"y\n", 0, True), (b"n\n", 2, False), (b"\n", 2, False), (b"\x04", 2, False)],
    ids=["yes", "no", "nothing said", "end of input"],
)
@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_a_person_is_shown_what_it_is_and_asked(
    gateway: StubGateway, answer: bytes, code: int, deleted: bool, damaged: bool
) -> None:
    if damaged:
        gateway.errors = [TtbError(Reason.ARTIFACT_DAMAGED, "image.jpg was altered.")]
    command = [sys.executable, "-m", "ttb_client", "artifacts", "delete", ID, "--url", gateway.url]
    terminal, end = pty.openpty()
    os.write(terminal, answer)
    outcome = subprocess.run(command, check=False, stdin=end, capture_output=True, text=True, timeout=30)
    os.close(end)
    os.close(terminal)
    assert outcome.returncode == code, outcome.stderr
    assert ("image.jpg was altered." if damaged else "2026-11-22 20:15:45 UTC") in outcome.stderr
    assert "Delete it for good?" in outcome.stderr
    assert ("was deleted" in outcome.stdout) == deleted
    assert any(isinstance(request, pb.DeleteArtifactRequest) for request, _ in gateway.calls) == deleted


def test_a_store_that_is_away_is_not_asked_about(gateway: StubGateway) -> None:
    gateway.errors = [grpc.StatusCode.INTERNAL]
    terminal, end = pty.openpty()
    os.write(terminal, b"y\n")
    command = [sys.executable, "-m", "ttb_client", "artifacts", "delete", ID, "--url", gateway.url]
    outcome = subprocess.run(command, check=False, stdin=end, capture_output=True, text=True, timeout=30)
    os.close(end)
    os.close(terminal)
    assert (outcome.returncode, outcome.stdout) == (70, "")
    assert "Delete it" not in outcome.stderr
