"""`ttb model-status`: how far the vision model is, once or until it is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC
from typing import Annotated

import typer
from rich.filesize import decimal
from rich.progress import BarColumn, Progress, TextColumn
from ttb.modelstatus.v1 import modelstatus_pb2 as pb

from ttb_client.cli import options
from ttb_client.cli.exits import of_download
from ttb_client.cli.output import note, person, printable, show_json, show_line, waiting
from ttb_client.client import TtbClient
from ttb_client.errors import TtbError
from ttb_client.plain import to_json
from ttb_client.watching import is_final

_TELLING_SECONDS = 10


def model_status(
    model: Annotated[
        str, typer.Option(help="Another model than the configured one: llama3.2-vision:11b.", metavar="NAME")
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Stay until it is there, or its download failed.")] = False,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Show how far the download of the vision model is.

    [bold]ttb model-status --watch[/] shows a bar on a terminal, and elsewhere a line for each percent. It survives
    restarts of the server, and gives up when nothing was heard for the time of --timeout. With --json each state is one
    line of JSON.

    Exit codes: 0 ready, 1 the download failed, 3 not there yet; 2 wrong usage, 4 no answer, 5 no download of this model
    was ever attempted, 70 internal error.
    """
    with options.connect(url, token, timeout) as client:
        if watch:
            status = _watched(client, model, as_json=as_json)
        else:
            with waiting("asking"):
                status = client.model_status(model)
    if not as_json:
        show_line(line(status))
    elif not watch:
        show_json(status)
    raise typer.Exit(of_download(status.status))


def line(status: pb.ModelStatus) -> str:
    """The state for people: the model, how far it is, where it comes from, what went wrong."""
    parts = [f"{printable(status.model)}: {_how_far(status)}"]
    if status.source:
        parts.append(f"from {printable(status.source)}")
    if status.HasField("error"):
        parts.append(f"{printable(status.error.code)}: {printable(status.error.message)}")
    return ", ".join(parts)


def _how_far(status: pb.ModelStatus) -> str:
    progress = status.progress
    here, total = int(progress.downloaded_bytes), int(progress.total_bytes)
    parts = [pb.DownloadState.Value.Name(status.status).replace("_", " ")]
    if total and here < total:
        parts[0] += f" {progress.percentage:g} %"
        parts.append(f"{decimal(here)} of {decimal(total)}")
    elif total:
        parts.append(decimal(total))
    parts += _speed(progress)
    parts += _retry(status)
    return ", ".join(parts)


def _speed(progress: pb.DownloadProgress) -> Iterator[str]:
    """The time that remains, and the rate behind it where whole seconds tell it well."""
    if not progress.HasField("estimated_time_remaining_seconds"):
        return
    seconds = progress.estimated_time_remaining_seconds
    if seconds >= _TELLING_SECONDS:
        yield f"{decimal(int((progress.total_bytes - progress.downloaded_bytes) / seconds))}/s"
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    yield f"{hours}:{minutes:02}:{seconds:02} left" if hours else f"{minutes}:{seconds:02} left"


def _retry(status: pb.ModelStatus) -> Iterator[str]:
    if status.HasField("retry_at"):
        yield f"attempt {status.attempt} at {status.retry_at.ToDatetime(UTC):%H:%M:%S} UTC"
    elif status.HasField("attempt"):
        yield f"attempt {status.attempt}"


def _watched(client: TtbClient, model: str, *, as_json: bool) -> pb.ModelStatus:
    """Show each state, with a bar where a person sees it, and return the last."""
    console = None if as_json else person()
    if console is None:
        states = client.watch_model_status(model, lost=lambda error, seconds: note(_lost(error, seconds)))
        return _last(_as_json(states) if as_json else _as_lines(states))
    # The bar goes in the end: what was said last is the answer, on stdout. All of it fits 80 columns.
    with Progress(BarColumn(14), TextColumn("{task.description}"), console=console, transient=True) as bar:
        states = client.watch_model_status(model, lost=lambda error, seconds: console.print(_lost(error, seconds)))
        return _last(_on(bar, states))


def _lost(error: TtbError, seconds: float) -> str:
    return f"the connection was lost ({printable(error.reason)}); trying again in {seconds:.1f} s"


def _last(states: Iterator[pb.ModelStatus]) -> pb.ModelStatus:
    *_, last = states
    return last


def _as_json(states: Iterator[pb.ModelStatus]) -> Iterator[pb.ModelStatus]:
    for status in states:
        show_line(json.dumps(to_json(status)))
        yield status


def _as_lines(states: Iterator[pb.ModelStatus]) -> Iterator[pb.ModelStatus]:
    """A line for each percent, and for what else is new; not for the last, which is the answer."""
    said: object = None
    for status in states:
        saying = (status.status, int(status.progress.percentage), status.attempt, status.retry_at.seconds)
        if saying != said and not is_final(status):
            show_line(line(status))
        said = saying
        yield status


def _on(bar: Progress, states: Iterator[pb.ModelStatus]) -> Iterator[pb.ModelStatus]:
    task = bar.add_task("asking", total=None)
    for status in states:
        progress = status.progress
        bar.update(
            task,
            description=_how_far(status),
            # A bar without a total swings to and fro.
            total=progress.total_bytes or None,
            completed=progress.downloaded_bytes,
        )
        yield status
