"""The columns of the two tables. Every description stands here once: in Parquet, in the dataset card, in the docs."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import pyarrow as pa

SCHEMA_VERSION = "1"

APPLICATION_FIELDS = (
    "brand_name",
    "fanciful_name",
    "class_type",
    "alcohol_content",
    "net_contents",
    "name_and_address",
    "country_of_origin",
    "appellation",
    "vintage",
    "varietals",
)


class Table(StrEnum):
    """The tables; each is a folder with one Parquet file for every UTC day."""

    ARTIFACTS = "artifacts"
    FIELDS = "fields"


def _column(name: str, kind: pa.DataType, description: str) -> pa.Field:
    return pa.field(name, kind, metadata={"description": description})


_POLYGON = pa.list_(pa.struct([("x", pa.int32()), ("y", pa.int32())]))
_IMAGE = pa.struct([("path", pa.string()), ("sha256", pa.string()), ("format", pa.string())])
_FINDING = pa.struct(
    [(name, pa.string()) for name in ("rule_id", "severity", "citation", "message", "expected", "found")]
)

CLIENT_IP = _column("client_ip", pa.string(), "Address of the client as the gateway saw it.")

ARTIFACTS = pa.schema(
    [
        _column("id", pa.string(), "Id of request and artifact, a UUIDv7. Its day (UTC) names the file."),
        _column("timestamp", pa.timestamp("ms", tz="UTC"), "When the verdict was given, whole seconds."),
        _column("verdict", pa.string(), "`passed`, `failed` or `needs_review`."),
        _column("reasons", pa.list_(pa.string()), "Why the verdict is not `passed`, the weightiest first."),
        _column("findings", pa.list_(_FINDING), "What the rules found, the weightiest first."),
        _column("rules_not_checkable", pa.list_(pa.string()), "Rules that apply but could not be checked."),
        _column("product_type", pa.string(), "As given or as judged from the label; null when it could not be judged."),
        _column("origin", pa.string(), "As given or as judged from the label; null when it could not be judged."),
        _column("rule_edition", pa.date32(), "Day whose edition of the law was applied."),
        _column(
            "application",
            pa.struct([(name, pa.string()) for name in APPLICATION_FIELDS]),
            "The application's fields as given; null where it gave none.",
        ),
        _column(
            "text", pa.string(), "Lines that the first look read, in the engines' order; a blank line between pages."
        ),
        _column("images", pa.list_(_IMAGE), "The images as uploaded; `path` is null when they were left out."),
        _column("image_format", pa.string(), "Format of the first image."),
        _column("image_size_bytes", pa.int64(), "Bytes of all images."),
        _column("ocr_backend", pa.string(), "Backend that was asked to read."),
        _column("model_version", pa.string(), "Engines and models that read, with versions."),
        _column("processing_time_ms", pa.int32(), "Time of the verification in milliseconds."),
        _column("request", pa.string(), "What was asked, without the images, as JSON."),
        _column("extracted_text", pa.string(), "Pages as read, with words, places and certainty, as JSON, unchanged."),
        _column("validation_result", pa.string(), "The answer that the client got, as JSON, unchanged."),
    ]
)

FIELDS = pa.schema(
    [
        _column("artifact_id", pa.string(), "`id` in the table of artifacts."),
        _column("name", pa.string(), "Name of the field, such as `brand_name` or `health_warning`."),
        _column("value", pa.string(), "Normalised text, such as `13.5` or `750 mL`; null when nothing was read."),
        _column("text", pa.string(), "Text as read; null when nothing was read."),
        _column("state", pa.string(), "`read`, `unsure`, `not_on_images` or `unreadable`."),
        _column("confidence", pa.float64(), "Probability that the value is what is printed, 0 to 1."),
        _column("reason", pa.string(), "Why it is unsure or unreadable; null otherwise, and in artifacts from before."),
        _column("image", pa.int32(), "Image of the first place, from 0; pages of a PDF or TIFF count one by one."),
        _column("polygon", _POLYGON, "Corners of the first place in pixels of the upright image."),
        _column(
            "evidence",
            pa.list_(pa.struct([("image", pa.int32()), ("polygon", _POLYGON)])),
            "Every place where the field stands, the first one included.",
        ),
        _column("application_value", pa.string(), "What the application says; null when it gave none."),
    ]
)


def columns(table: Table, *, with_client_ip: bool = False) -> pa.Schema:
    """The columns of a table, in their order."""
    if table is Table.FIELDS:
        return FIELDS
    return ARTIFACTS.append(CLIENT_IP) if with_client_ip else ARTIFACTS


def markdown(*, with_client_ip: bool) -> str:
    """Both tables' columns as Markdown."""
    return "\n\n".join(
        "\n".join(_section(table, columns(table, with_client_ip=with_client_ip)))
        for table in (Table.ARTIFACTS, Table.FIELDS)
    )


def _section(table: Table, schema: pa.Schema) -> Iterator[str]:
    yield f"### `{table}`"
    yield ""
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column in schema:
        yield f"| `{column.name}` | `{_shown(column.type)}` | {column.metadata[b'description'].decode()} |"


def _shown(kind: pa.DataType) -> str:
    return str(kind).replace("element: ", "").replace("item: ", "")
