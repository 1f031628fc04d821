from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from ttb.common.v1 import page_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.output import printable
from ttb_client.cli.verdict import verdict_page

BOX = [page_pb2.Point(x=x, y=y) for x, y in ((102, 711), (288, 711), (288, 733), (102, 733))]
WARNING = "The health warning prints SHOULD DRINK where 27 CFR 16.21 requires SHOULD NOT DRINK."
BRAND = "The brand name could not be read surely: the image shows “STONE'S THROW”."
ANSWER = pb.Verification(
    request_id="0198f3a1-0000-7000-8000-000000000001",
    verdict=pb.Verdict.failed,
    reasons=[WARNING, BRAND],
    product_type=pb.ProductType.distilled_spirits,
    as_of="2026-11-22",
    processing_time_ms=1523,
    model_version="tesseract 5.3.0 (eng)",
    fields=[
        pb.LabelField(name="brand_name", text="STONE'S\nTHROW", value="STONE'S THROW", confidence=0.61, state=2),
        pb.LabelField(name="fanciful_name", state=3),
        pb.LabelField(name="alcohol_content", text="ALC. 40% BY VOL.", value="40", confidence=0.98, state=1),
        pb.LabelField(name="net_contents", text="NET CONTENTS:", state=4, reason="No number could be read with it."),
        pb.LabelField(name="health_warning", text="GOVERNMENT WARNING: " + "x" * 200, confidence=0.9, state=1),
    ],
    findings=[
        pb.Finding(
            rule_id="health-warning.wording",
            severity=pb.Severity.violation,
            citation="27 CFR 16.21",
            message=WARNING,
            expected="SHOULD NOT DRINK",
            found="SHOULD DRINK",
            evidence=[pb.Evidence(image=1, polygon=BOX), pb.Evidence(image=0)],
        ),
        pb.Finding(rule_id="a.b", severity=pb.Severity.information, citation="27 CFR 5.63", message="It is so."),
    ],
    rules_not_checkable=["health-warning.type-size"],
    rules_disabled=["app.vintage"],
    artifact=pb.ArtifactReference(id="0198f3a1", state=pb.ArtifactState.queued),
)

PAGE = """\
 FAILED   distilled spirits · unknown origin · law as of 2026-11-22 · 1.5 s

Violations
  • The health warning prints SHOULD DRINK where 27 CFR 16.21 requires SHOULD NOT DRINK.
    expected  SHOULD NOT DRINK
    found     SHOULD DRINK
    where     back.png, x 102–288, y 711–733; front.png
    rule      health-warning.wording, 27 CFR 16.21

To be looked at
  • The brand name could not be read surely: the image shows “STONE'S THROW”.

Good to know
  • It is so.
    rule  a.b, 27 CFR 5.63

Read from the label
  brand name       STONE'S THROW                                                         unsure 0.61
  alcohol content  ALC. 40% BY VOL.                                                  40  read 0.98
  net contents     NET CONTENTS:                                                         unreadable
                   No number could be read with it.
  health warning   GOVERNMENT WARNING: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…      read 0.90
  not on the images: fanciful name

not checkable on these images: health-warning.type-size
switched off: app.vintage
artifact: queued (0198f3a1)
request: 0198f3a1-0000-7000-8000-000000000001
read by: tesseract 5.3.0 (eng)
"""


def _page(*files: str, width: int = 100, color: bool = False) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=color, markup=False, highlight=False)
    console.print(verdict_page(ANSWER, [Path(file) for file in files]))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def test_the_page_tells_everything_once() -> None:
    assert _page("front.png", "back.png") == PAGE


def test_a_file_of_many_pages_is_not_guessed() -> None:
    assert "image 2, x 102–288" in _page("front.png", "label.PDF")


@pytest.mark.parametrize("width", [60, 80, 100])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert max(len(line) for line in _page("front.png", "back.png", width=width).splitlines()) <= width


def test_an_artifact_that_was_not_kept_says_why() -> None:
    reference = pb.ArtifactReference(id="0198f3a1", state=pb.ArtifactState.failed, reason="The spool is full.")
    out = io.StringIO()
    Console(file=out, width=100).print(verdict_page(pb.Verification(artifact=reference), ()))
    assert "artifact: failed (0198f3a1): The spool is full." in out.getvalue()


def test_color_is_for_terminals() -> None:
    assert "\x1b[" in _page("front.png", color=True)
    assert "\x1b[" not in _page("front.png")


def test_what_was_read_cannot_steer_the_terminal() -> None:
    assert printable("ELM\x1b[2J [red]\r\nCELLARS\u202e") == "ELM [2J [red] CELLARS"
