"""`ttb` against a stub of the gateway: exit codes, what goes to stdout and stderr, and what is sent."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import grpc
import pytest
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError, invalid_field
from tests.common.ports import free_ports
from tests.integration.client.conftest import Run
from tests.integration.client.stub_gateway import REQUEST_ID, StubGateway, running_gateway
from ttb_client.client import TtbClient


@pytest.mark.parametrize(
    ("verdict", "code", "headline"),
    [
        (pb.Verdict.passed, 0, "PASSED"),
        (pb.Verdict.failed, 1, "FAILED"),
        (pb.Verdict.needs_review, 3, "NEEDS REVIEW"),
    ],
)
def test_each_verdict_has_its_exit_code(
    ttb: Run, gateway: StubGateway, image: Path, verdict: pb.Verdict.Value.ValueType, code: int, headline: str
) -> None:
    gateway.verification.verdict = verdict
    outcome = ttb("verify", image)
    assert (outcome.code, outcome.err) == (code, "")
    assert outcome.out.startswith(f" {headline} ")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (invalid_field("as_of", "is no date"), 5, "as_of: is no date"),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, 5, "as it is"),
        (grpc.StatusCode.PERMISSION_DENIED, 5, "as it is"),
        (TtbError(Reason.QUEUE_FULL, "Busy.", retry_after_seconds=9999), 4, "Busy."),
        (TtbError(Reason.OCR_UNAVAILABLE, "The ocr service is away."), 4, "The ocr service is away."),
        (TtbError(Reason.DEADLINE_TOO_SHORT, "It took too long."), 4, "It took too long."),
        (grpc.StatusCode.UNIMPLEMENTED, 4, "does not offer this"),
        (TtbError(Reason.INTERNAL, "It broke."), 70, f"It broke. [request {REQUEST_ID}]"),
        (grpc.StatusCode.UNKNOWN, 70, "as it is"),
    ],
)
def test_a_call_without_an_answer_is_one_line_and_an_exit_code(
    ttb: Run, gateway: StubGateway, image: Path, error: TtbError | grpc.StatusCode, code: int, said: str
) -> None:
    gateway.errors = [error]
    outcome = ttb("verify", image)
    assert (outcome.code, outcome.out) == (code, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("ttb: ")
    assert said in line


@pytest.mark.parametrize("command", [("health",), ("rules",), ("verify", __file__), ("ocr", __file__)])
def test_a_server_that_is_down_is_one_clear_line(ttb: Run, command: tuple[str, ...]) -> None:
    (port,) = free_ports(1)
    outcome = ttb(*command, "--url", f"http://127.0.0.1:{port}")
    assert (outcome.code, outcome.out) == (4, "")
    assert outcome.err == (
        f"ttb: nothing answers at http://127.0.0.1:{port}; check that the gateway runs and that the URL is right "
        "(Connection refused)\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify",), "IMAGE"),
        (("verify", "no-such-file.png"), "no-such-file.png"),
        (("verify", __file__, "--panel", "front", "--panel", "back"), "--panel"),
        (("verify", __file__, "--panel", "roof"), "roof"),
        (("verify", __file__, "--product-type", "cider"), "cider"),
        (("verify", __file__, "--as-of", "2026-02-30"), "--as-of"),
        (("verify", __file__, "--lab-abv", "much"), "--lab-abv"),
        (("verify", __file__, "--idempotency-key", "é"), "--idempotency-key"),
        (("ocr", __file__, "--page", "0"), "--page"),
        (("artifacts", "list", "--status", "good"), "--status"),
        (("artifacts", "list", "--start", "2026-02-30"), "--start"),
        (("artifacts", "image", "0198f3a1", "--index", "10"), "--index"),
        (("health", "--url", "ftp://127.0.0.1"), "http://host:port"),
        (("health", "--url", "http://labels.example", "--token", "secret"), "https"),
        (("nothing",), "nothing"),
    ],
)
def test_wrong_usage_is_told_before_anything_is_sent(
    ttb: Run, gateway: StubGateway, arguments: tuple[str, ...], said: str
) -> None:
    outcome = ttb(*arguments)
    assert (outcome.code, outcome.out, gateway.calls) == (2, "", [])
    assert said in outcome.err


def test_what_nobody_foresaw_is_no_verdict(
    ttb: Run, gateway: StubGateway, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake in the client")

    monkeypatch.setattr(TtbClient, "verify", broken)
    outcome = ttb("verify", image)
    assert (outcome.code, outcome.out) == (70, "")
    assert outcome.err == "ttb: internal error, please report it: RuntimeError: a mistake in the client\n"


def test_a_picture_that_is_too_large_is_refused_before_it_is_sent(
    ttb: Run, gateway: StubGateway, tmp_path: Path
) -> None:
    large = tmp_path / "large.png"
    with large.open("wb") as file:
        file.truncate(20 * 1024 * 1024 + 1)
    outcome = ttb("verify", large)
    assert (outcome.code, gateway.calls) == (5, [])
    assert "large.png has more than 20 MB" in outcome.err


def test_a_reader_that_leaves_is_no_failed_label(gateway: StubGateway, image: Path) -> None:
    command = [sys.executable, "-m", "ttb_client", "verify", str(image), "--url", gateway.url]
    gateway.verification.verdict = pb.Verdict.passed
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert (process.wait(30), process.stderr.read()) == (141, b"")


def test_a_server_that_goes_away_during_the_call_is_one_line(image: Path) -> None:
    hold = threading.Event()
    with running_gateway() as gateway:
        gateway.hold = hold
        command = [sys.executable, "-m", "ttb_client", "verify", str(image), "--url", gateway.url]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert gateway.arrived.wait(30)
    hold.set()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (4, "")
    assert err.startswith("ttb: nothing answers at ")
    assert len(err.splitlines()) == 1


def test_every_option_is_sent_under_its_name(ttb: Run, gateway: StubGateway, image: Path) -> None:
    application = {
        "brand_name": "STONE'S THROW",
        "fanciful_name": "RIVER BEND",
        "class_type": "RED WINE",
        "alcohol_content": "13.5",
        "net_contents": "750 mL",
        "name_and_address": "ELM CELLARS, NAPA, CA",
        "country_of_origin": "FRANCE",
        "appellation": "NAPA VALLEY",
        "vintage": "2021",
        "varietals": "MERLOT, SYRAH",
        "formula": "1234567",
        "embossed": "750 ML",
        "permit_names": "ELM CELLARS; RIVER BEND WINERY",
        "ingredients": "caramel color",
        "age": "18 months",
        "sale_state": "OHIO",
        "certificate_status": "approved",
        "qualifications": "NEW LABELS MUST SHOW THE VINTAGE",
    }
    options = {
        "product_type": "wine",
        "origin": "imported",
        "application_type": "exemption",
        "mode": "market_check",
        "as_of": "2026-02-28",
        "scale_mm_per_px": "0.05",
        "container_ml": "750",
        "lab_abv": "13.4",
        "lab_so2_ppm": "30",
        "lab_solids": "2.5",
        "ocr_backend": "tesseract",
    }
    flags = ["--for-export", "--panels-complete", "--no-save-artifact", "--panel", "front", "--disabled-rule", "a.b"]
    flags += ["--idempotency-key", "order 12"]
    given = [part for name, value in (application | options).items() for part in (f"--{name.replace('_', '-')}", value)]
    ttb("verify", image, *given, *flags)
    ((request, metadata),) = gateway.calls
    assert metadata["idempotency-key"] == "order 12"
    assert request == pb.VerifyLabelRequest(
        images=[pb.LabelImage(content=b"a picture", panel=pb.Panel.front)],
        application=pb.Application(**application),
        product_type=pb.ProductType.wine,
        origin=pb.Origin.imported,
        application_type=pb.ApplicationType.exemption,
        for_export=True,
        mode=pb.Mode.market_check,
        as_of="2026-02-28",
        panels_complete=True,
        scale_mm_per_px=0.05,
        container_ml=750,
        lab_abv=13.4,
        lab_so2_ppm=30,
        lab_solids=2.5,
        ocr_backend=backend_pb2.OcrBackend.tesseract,
        save_artifact=False,
        disabled_rules=["a.b"],
    )
    assert set(application) == set(pb.Application.DESCRIPTOR.fields_by_name)
    assert {field.name for field, _ in request.ListFields()} == set(pb.VerifyLabelRequest.DESCRIPTOR.fields_by_name)


def test_health_tells_each_backend_and_what_to_do(ttb: Run, gateway: StubGateway) -> None:
    outcome = ttb("health")
    assert outcome.code == 0
    for word in ("degraded", "1.2.3", "tesseract", "available", "5.3.0 (eng)", "missing", "Its models are missing"):
        assert word in outcome.out


def test_health_tells_how_artifacts_are_kept(ttb: Run, gateway: StubGateway) -> None:
    assert ttb("health").out.splitlines()[-2:] == [
        "artifacts: available · directory · Kept for 365 days.",
        "spool: 3 waiting, 1 rejected, 2.5 MB of 1.0 GB · a person has to look at the rejected",
    ]


def test_rules_are_listed_with_citation_and_weight(ttb: Run, gateway: StubGateway) -> None:
    out = ttb("rules").out
    (row,) = [line for line in out.splitlines() if "health-warning.wording" in line]
    assert row.split(maxsplit=3) == ["health-warning.wording", "WM", "violation", "Exact words of the health warning "]
    assert "27 CFR 16.21" in out
    assert "2 rules." in out


@pytest.mark.parametrize(
    ("options", "listed"),
    [
        (["list", "--part", "app"], ["app.brand-name"]),
        (["--part", "app"], ["app.brand-name"]),
        (["--search", "EXACT words"], ["health-warning.wording"]),
        (["--search", "application's"], ["app.brand-name"]),
        (["--search", "glass"], []),
    ],
)
def test_rules_are_found(ttb: Run, gateway: StubGateway, options: list[str], listed: list[str]) -> None:
    outcome = ttb("rules", *options, "--json")
    if listed:
        assert [rule["rule_id"] for rule in json.loads(outcome.out)["rules"]] == listed
    shown = ttb("rules", *options)
    assert [line.split()[0] for line in shown.out.splitlines() if "violation" in line] == listed
    assert bool(shown.err) == (not listed)


def test_a_part_that_does_not_exist_is_wrong_usage(ttb: Run, gateway: StubGateway) -> None:
    outcome = ttb("rules", "--part", "beer")
    assert outcome.code == 2
    assert "'beer' is not one of health-warning, app" in " ".join(outcome.err.split())


def test_a_rule_is_shown_with_its_examples(ttb: Run, gateway: StubGateway) -> None:
    assert [line.rstrip() for line in ttb("rules", "show", "app.brand-name").out.splitlines()] == [
        "app.brand-name  Brand name as on the application",
        "at most a violation · wine · 27 CFR 4.33 · from 2025-01-10",
        "",
        "The label prints the application's brand name.",
        "",
        "passed  another case",
        "    application: brand name Stone's Throw",
        "    STONE'S THROW",
        "",
        "    MERLOT",
        "",
        "not applicable  no brand on the application",
    ]


def test_a_rule_that_does_not_exist_is_refused(ttb: Run, gateway: StubGateway) -> None:
    gateway.errors = [TtbError(Reason.NO_SUCH_RULE, "There is no rule `app.brnd-name`.")]
    outcome = ttb("rules", "show", "app.brand-name")
    assert (outcome.code, outcome.out, outcome.err) == (5, "", "ttb: There is no rule `app.brnd-name`.\n")


def test_ocr_shows_lines_with_place_and_confidence(ttb: Run, gateway: StubGateway, image: Path) -> None:
    outcome = ttb("ocr", image, "--backend", "tesseract", "--page", "2")
    ((request, _),) = gateway.calls
    assert (request.image, request.frame, request.backend) == (b"a picture", 1, 2)
    (row,) = [line for line in outcome.out.splitlines() if "STONE'S THROW" in line]
    assert row.split() == ["0.98", "20,", "30", "90°", "tesseract", "STONE'S", "THROW"]
    assert "page 2 of 3" in outcome.out


@pytest.mark.parametrize("command", ["health", "rules", "ocr", "verify"])
def test_json_is_all_that_stdout_holds(ttb: Run, gateway: StubGateway, image: Path, command: str) -> None:
    gateway.verification.verdict = pb.Verdict.passed
    # A retry on the way must not be logged into the answer.
    gateway.errors = [grpc.StatusCode.UNAVAILABLE]
    outcome = ttb(command, *([image] if command in ("ocr", "verify") else []), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert isinstance(json.loads(outcome.out), dict)
    assert len(gateway.calls) == 2


def test_help_needs_no_server(ttb: Run) -> None:
    outcome = ttb("verify", "--help")
    assert outcome.code == 0
    for text in ("--brand-name", "Exit codes: 0 passed", "TTB_URL", "malt_beverage"):
        assert text in outcome.out
