"""Artifacts for people: a row of a list, the facts of one, and all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from google.protobuf import json_format, struct_pb2
from rich.console import Group, RenderableType
from rich.filesize import decimal
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from ttb.artifacts.v1 import artifacts_pb2 as pb
from ttb.common.v1 import page_pb2
from ttb.validator.v1 import validator_pb2

from ttb_client.cli.output import printable
from ttb_client.cli.verdict import verdict_page

_STATUS_STYLE = {
    pb.ValidationStatus.passed: "green",
    pb.ValidationStatus.failed: "red",
    pb.ValidationStatus.needs_review: "yellow",
}
# Fixed widths, so that pages can be printed as they come: id, time, verdict, backend; what is left is the brand's.
_WIDTHS = (36, 16, 12, 9)


def _row(*cells: str, style: str = "", verdict_style: str = "") -> Text:
    styles = ("", "", verdict_style, "", "")
    padded = [f"{cell:<{width}}" for cell, width in zip(cells, (*_WIDTHS, 0), strict=True)]
    row = Text("  ").join(Text(cell, style=each) for cell, each in zip(padded, styles, strict=True))
    row.stylize_before(style)
    row.rstrip()
    return row


LIST_HEADER = _row("artifact", "time (UTC)", "verdict", "backend", "brand name", style="bold")


def list_row(metadata: pb.ArtifactMetadata) -> Text:
    """One artifact of a list."""
    return _row(
        printable(metadata.request_id),
        f"{metadata.timestamp.ToDatetime(UTC):%Y-%m-%d %H:%M}",
        _verdict(metadata),
        printable(metadata.ocr_backend),
        printable(str(_application(metadata).get("brand_name", ""))),
        verdict_style=_STATUS_STYLE.get(metadata.validation_status, ""),
    )


def damaged_row(identifier: str) -> Text:
    """One artifact of a list whose metadata cannot be trusted."""
    return _row(printable(identifier), "", "damaged", "", "", verdict_style="bold red")


def artifact_summary(metadata: pb.ArtifactMetadata) -> RenderableType:
    """Which artifact it is: enough to know it by before it is deleted."""
    images = sum(name.startswith("image") for name in metadata.sha256)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for name, text in (
        ("artifact", metadata.request_id),
        ("verified", f"{metadata.timestamp.ToDatetime(UTC):%Y-%m-%d %H:%M:%S} UTC"),
        ("verdict", _verdict(metadata)),
        ("images", f"{images}, {decimal(int(metadata.image_size_bytes))}, the first is {metadata.image_format}"),
        ("client", metadata.client_ip),
        *_asked(metadata),
    ):
        if text:
            table.add_row(name, Text(printable(text)))
    return table


def artifact_page(artifact: pb.Artifact) -> RenderableType:
    """Everything that was kept but the images, for at most 100 columns."""
    answer = json_format.ParseDict(
        _plain(artifact.validation_result), validator_pb2.Verification(), ignore_unknown_fields=True
    )
    # The summary tells it.
    answer.ClearField("artifact")
    return Group(
        artifact_summary(artifact.metadata), Text(), verdict_page(answer, ()), *_text(_plain(artifact.extracted_text))
    )


def _verdict(metadata: pb.ArtifactMetadata) -> str:
    return pb.ValidationStatus.Value.Name(metadata.validation_status).replace("_", " ")


def _application(metadata: pb.ArtifactMetadata) -> Mapping[str, Any]:
    application = _plain(metadata.request).get("application")
    return application if isinstance(application, dict) else {}


def _asked(metadata: pb.ArtifactMetadata) -> Iterator[tuple[str, str]]:
    """What the request said beyond its images; what it left open is not shown."""
    application = _application(metadata)
    request = {name: value for name, value in _plain(metadata.request).items() if name != "application"}
    for name, fields in (("application", application), ("asked for", request)):
        said = {field: _said(value) for field, value in sorted(fields.items()) if value}
        yield name, "; ".join(f"{field.replace('_', ' ')}: {text}" for field, text in said.items() if text)


def _said(value: Any) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return " ".join(_said(each) for each in value.values())
        case list():
            return ", ".join(filter(None, map(_said, value)))
        case _:
            return str(value)


def _text(extracted: Mapping[str, Any]) -> Iterator[RenderableType]:
    for number, plain in enumerate(extracted.get("pages", []), 1):
        page = json_format.ParseDict(plain, page_pb2.Page(), ignore_unknown_fields=True)
        # Later looks read again what the first one has.
        lines = [printable(line.text) for line in page.lines if line.look == 0]
        yield Text.assemble("\n", (f"Text of image {number}", "bold"), (f"  {page.width} × {page.height} px", "dim"))
        yield Padding(Text("\n".join(lines)), (0, 0, 0, 2), expand=False)


def _plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = json_format.MessageToDict(struct)
    return plain
