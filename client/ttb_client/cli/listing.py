"""The other answers for people: the state of the system, and the text of an image."""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Group, RenderableType
from rich.filesize import decimal
from rich.table import Table
from rich.text import Text
from ttb.ocr.v1 import ocr_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.output import printable


def health_page(answer: pb.GetHealthResponse) -> RenderableType:
    """The state in one word, and each backend."""
    healthy = answer.status == pb.HealthStatus.healthy
    headline = Text.assemble(
        (pb.HealthStatus.Value.Name(answer.status), "bold green" if healthy else "bold yellow"),
        (f"  validator {printable(answer.version)}", "dim"),
    )
    table = simple_table("backend", "state", "version, or what to do")
    for backend in answer.backends:
        if backend.available:
            state = Text("available", style="green")
        elif backend.expected:
            state = Text("missing", style="red")
        else:
            state = Text("not set up", style="dim")
        table.add_row(backend.name, state, Text(printable(backend.version if backend.available else backend.reason)))
    return Group(headline, table, *_artifacts(answer))


def _artifacts(answer: pb.GetHealthResponse) -> Iterator[RenderableType]:
    """How artifacts are kept, and what waits to be."""
    if not answer.HasField("artifacts"):
        return
    health = answer.artifacts
    if not health.enabled:
        yield Text("artifacts: switched off (ARTIFACT_STORAGE_ENABLED)", style="dim")
        return
    state = ("available", "green") if health.available else ("not available", "red")
    facts = [health.store, health.retention] if health.available else [health.reason]
    yield Text.assemble("artifacts: ", state, "".join(f" · {printable(fact)}" for fact in facts if fact))
    room = f"{decimal(int(health.spool_bytes))} of {decimal(int(health.spool_capacity_bytes))}"
    yield Text.assemble(
        f"spool: {health.spool_depth} waiting, {health.spool_rejected} rejected, {room}",
        (" · full: nothing more is kept", "red") if health.spool_full else "",
        (" · a person has to look at the rejected", "yellow") if health.spool_rejected else "",
    )


def text_page(answer: ocr_pb2.ExtractTextResponse, page: int) -> RenderableType:
    """The lines of an image in the engine's order."""
    table = simple_table("conf", "at x, y", "turn", "engine", "text")
    for line in answer.page.lines:
        left = min((corner.x for corner in line.polygon), default=0)
        top = min((corner.y for corner in line.polygon), default=0)
        turn = round(line.angle_degrees) % 360
        table.add_row(
            f"{line.confidence:.2f}",
            f"{left}, {top}",
            f"{turn}°" if turn else "",
            line.engine,
            Text(printable(line.text)),
        )
    milliseconds = sum(timing.milliseconds for timing in answer.timings)
    facts = [
        f"{len(answer.page.lines)} lines",
        f"{answer.image_format}, {answer.page.width} × {answer.page.height} px",
        *([f"page {page} of {answer.frame_count}"] if answer.frame_count > 1 else []),
        f"{milliseconds / 1000:.1f} s",
        *answer.engines,
    ]
    return Group(table, Text(printable(" · ".join(facts)), style="dim"))


def simple_table(*columns: str) -> Table:
    """A table with a line under its head."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    return table
