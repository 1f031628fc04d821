"""A verification for people: the verdict, what is wrong and where, what was read, what could not be checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.output import printable

_VERDICT_STYLE = {
    pb.Verdict.passed: "bold white on green4",
    pb.Verdict.failed: "bold white on red3",
    pb.Verdict.needs_review: "bold black on gold1",
}
_SEVERITIES = (
    (pb.Severity.violation, "Violations", "bold red"),
    (pb.Severity.review, "To be looked at", "bold yellow"),
    (pb.Severity.information, "Good to know", "bold cyan"),
)
_STATE_STYLE = {pb.FieldState.read: "green", pb.FieldState.unsure: "yellow", pb.FieldState.unreadable: "yellow"}
# One file of these holds several images, so that an image's number does not tell its file.
_MANY_PAGES = frozenset({".pdf", ".tif", ".tiff"})


def verdict_page(answer: pb.Verification, files: Sequence[Path]) -> RenderableType:
    """Everything that the answer says, for at most 100 columns."""
    parts: list[RenderableType] = [_headline(answer)]
    for severity, title, style in _SEVERITIES:
        found = [finding for finding in answer.findings if finding.severity == severity]
        # The reasons repeat what findings say; the others are what could not be read surely.
        others = _other_reasons(answer) if severity == pb.Severity.review else []
        if found or others:
            parts += [Text(), Text(title, style=style)]
            parts += [_bullet(reason) for reason in others]
            parts += [_finding(finding, files) for finding in found]
    parts += [Text(), Text("Read from the label", style="bold"), _fields(answer.fields)]
    parts += _notes(answer)
    return Group(*parts)


def _headline(answer: pb.Verification) -> Text:
    name = pb.Verdict.Value.Name(answer.verdict).replace("_", " ").upper()
    facts = [
        _name(pb.ProductType.Value.Name(answer.product_type), "unknown product type"),
        _name(pb.Origin.Value.Name(answer.origin), "unknown origin"),
        f"law as of {answer.as_of}",
        f"{answer.processing_time_ms / 1000:.1f} s",
    ]
    return Text.assemble(
        (f" {name} ", _VERDICT_STYLE.get(answer.verdict, "bold")), "  ", (printable(" · ".join(facts)), "dim")
    )


def _name(name: str, unknown: str) -> str:
    return unknown if name == "unspecified" else name.replace("_", " ")


def _other_reasons(answer: pb.Verification) -> list[str]:
    said = {" ".join(finding.message.split()) for finding in answer.findings}
    return [reason for reason in answer.reasons if reason not in said]


def _finding(finding: pb.Finding, files: Sequence[Path]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, text in (
        ("expected", finding.expected),
        ("found", finding.found),
        ("where", "; ".join(_places(finding.evidence, files))),
        ("rule", f"{finding.rule_id}, {finding.citation}"),
    ):
        if text:
            table.add_row(name, Text(printable(text)))
    return Group(_bullet(finding.message), Padding(table, (0, 0, 0, 4), expand=False))


def _bullet(sentence: str) -> RenderableType:
    table = Table.grid()
    table.add_row("  • ", Text(printable(sentence)))
    return table


def _places(evidence: Sequence[pb.Evidence], files: Sequence[Path]) -> Iterator[str]:
    one_each = not any(file.suffix.lower() in _MANY_PAGES for file in files)
    for place in evidence:
        image = files[place.image].name if one_each and place.image < len(files) else f"image {place.image + 1}"
        if not place.polygon:
            yield image
            continue
        xs = [corner.x for corner in place.polygon]
        ys = [corner.y for corner in place.polygon]
        yield f"{image}, x {min(xs)}–{max(xs)}, y {min(ys)}–{max(ys)}"


def _fields(fields: Sequence[pb.LabelField]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=24)
    table.add_column(no_wrap=True)
    absent: list[str] = []
    for field in fields:
        name = field.name.replace("_", " ")
        if field.state == pb.FieldState.not_on_images:
            absent.append(name)
            continue
        text, value = printable(field.text), printable(field.value)
        state = pb.FieldState.Value.Name(field.state)
        certainty = f"{state} {field.confidence:.2f}" if field.confidence else state
        understood = value if _is_news(value, text) else ""
        table.add_row(name, Text(text), Text(understood), Text(certainty, style=_STATE_STYLE.get(field.state, "")))
        if field.reason:
            table.add_row("", Text(printable(field.reason), style="dim"))
    parts: list[RenderableType] = [Padding(table, (0, 0, 0, 2))]
    if absent:
        parts.append(Padding(Text(f"not on the images: {', '.join(absent)}", style="dim"), (0, 0, 0, 2), expand=False))
    return Group(*parts)


def _is_news(value: str, text: str) -> bool:
    """Whether the value says more than the text: `13.5` does of `ALC. 13.5% BY VOL.`, its mere case does not."""
    return len(value) <= 24 and value.casefold() != text.casefold()


def _notes(answer: pb.Verification) -> Iterator[RenderableType]:
    notes = [
        ("not checkable on these images", ", ".join(answer.rules_not_checkable)),
        ("switched off", ", ".join(answer.rules_disabled)),
        ("artifact", _artifact(answer)),
        ("request", answer.request_id),
        ("read by", answer.model_version),
    ]
    yield Text()
    for name, text in notes:
        if text:
            yield Text.assemble((f"{name}: ", "dim"), (printable(text), "dim"))


def _artifact(answer: pb.Verification) -> str:
    if not answer.HasField("artifact"):
        return ""
    state = f"{pb.ArtifactState.Value.Name(answer.artifact.state)} ({answer.artifact.id})"
    return f"{state}: {answer.artifact.reason}" if answer.artifact.reason else state
