"""`ttb artifacts`: find, fetch and delete what was kept of verifications."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, get_args

import grpc
import typer
from ttb.artifacts.v1 import artifacts_pb2 as pb

from ttb_client.artifacts import Status
from ttb_client.cli import options
from ttb_client.cli.artifact_page import LIST_HEADER, artifact_page, artifact_summary, damaged_row, list_row
from ttb_client.cli.exits import ExitCode
from ttb_client.cli.output import complain, note, printable, show, show_bytes, show_cut, show_json, show_line, waiting
from ttb_client.client import TtbClient
from ttb_client.errors import TtbError

PAGE_SIZE = 100

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")

Id = Annotated[str, typer.Argument(help="The artifact's id: that of its verification.", metavar="ID")]


def _day(what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=what, formats=["%Y-%m-%d"], metavar="YYYY-MM-DD")
    return option


@app.callback(
    epilog="Exit codes: 0 done, 2 wrong usage or not confirmed, 4 no answer from the server, 5 refused: no such "
    "artifact, or not a valid id; 70 an internal error, or an artifact that is damaged."
)
def artifacts() -> None:
    """Find, fetch and delete what was kept: images, text as read, and the verdict of each verification.

    [bold]ttb verify[/] label.png --save-artifact keeps one, and prints its id.
    """


@app.command("list")
def list_artifacts(
    start: Annotated[datetime | None, _day("First day, inclusive, UTC.")] = None,
    end: Annotated[datetime | None, _day("Last day, inclusive, UTC.")] = None,
    status: Annotated[
        Status | None, typer.Option(help=f"Only those: {', '.join(get_args(Status))}.", metavar="VERDICT")
    ] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest; 0 means all.", min=0)] = PAGE_SIZE,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """List artifacts, newest first: id, time, verdict, OCR backend, and the application's brand name.

    [bold]ttb artifacts list[/] --start 2026-11-01 --end 2026-11-30 --status failed

    [bold]ttb artifacts list[/] --limit 0 --json | jq -r '.artifacts[].request_id'
    """
    everything = pb.ListArtifactsResponse()
    with options.connect(url, token, timeout) as client:
        for page in _pages(client, _date(start), _date(end), status, limit):
            if not as_json:
                if not everything.artifacts and not everything.damaged and (page.artifacts or page.damaged):
                    show_cut(LIST_HEADER)
                for row in (*map(list_row, page.artifacts), *map(damaged_row, page.damaged)):
                    show_cut(row)
            everything.artifacts.extend(page.artifacts)
            everything.damaged.extend(page.damaged)
            everything.next_page_token = page.next_page_token
    if as_json:
        show_json(everything)
    elif everything.next_page_token:
        note(f"there are more than {limit}; --limit 0 lists all")
    elif not everything.artifacts and not everything.damaged:
        note("no artifacts")
    if everything.damaged:
        complain(f"{len(everything.damaged)} of these are damaged: see `ttb artifacts get ID`")


@app.command()
def get(
    identifier: Id,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Show one artifact: what was asked, the verdict with its findings, and the text as read.

    The exit code does not repeat the verdict: 0 means that the artifact was found.

    [bold]ttb artifacts get[/] 01a20497-6c42-7421-b9ed-cdd81ae3438a --json | jq .validation_result.verdict
    """
    with options.connect(url, token, timeout) as client, waiting("fetching"):
        artifact = client.get_artifact(identifier)
    if as_json:
        show_json(artifact)
    else:
        show(artifact_page(artifact))


@app.command()
def image(
    identifier: Id,
    index: Annotated[int, typer.Option(help="Which image, from 0 in the order of the request.", min=0, max=9)] = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The file to write; - writes to stdout. When not given: ID.jpg, or ID-2.png for the next image.",
            metavar="FILE",
            allow_dash=True,
            dir_okay=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
) -> None:
    """Fetch one image of an artifact, byte for byte as it was uploaded.

    [bold]ttb artifacts image[/] 01a20497-6c42-7421-b9ed-cdd81ae3438a --index 1 -o back.jpg
    """
    to_stdout = output == Path("-")
    if to_stdout and sys.stdout.isatty():
        raise typer.BadParameter("a terminal cannot show an image; name a file, or pipe it on", param_hint="--output")
    if output is not None and not to_stdout:
        _refuse_to_replace(output, force)
    with options.connect(url, token, timeout) as client, waiting("fetching"):
        fetched = client.artifact_image(identifier, index)
    if to_stdout:
        show_bytes(fetched.content)
        return
    path = output or Path(fetched.filename)
    _refuse_to_replace(path, force)
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(fetched.content)
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be written: {error.strerror}", param_hint="--output") from error
    show_line(str(path))


@app.command()
def delete(
    identifier: Id,
    reason: Annotated[str, typer.Option(help="Why; it is kept, with who and when.", metavar="TEXT")] = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask, for scripts.")] = False,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Delete one artifact for good: every version of its images, text and verdict.

    A record of the deletion stays: the id, when, who and why. Nothing can be kept under the id again.
    Deleting it once more is no error, and tells when it was deleted first.

    [bold]ttb artifacts delete[/] 01a20497-6c42-7421-b9ed-cdd81ae3438a --reason "asked by the applicant"
    """
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter("nobody is there to be asked; give --yes to delete all the same", param_hint="--yes")
    with options.connect(url, token, timeout) as client:
        if not yes and not _confirmed(client, identifier):
            note("nothing was deleted")
            raise typer.Exit(ExitCode.USAGE)
        with waiting("deleting"):
            answer = client.delete_artifact(identifier, reason=reason)
    if as_json:
        show_json(answer)
    else:
        show_line(f"{printable(answer.id)} was deleted at {answer.deleted_at.ToDatetime(UTC):%Y-%m-%d %H:%M:%S} UTC")


def _date(given: datetime | None) -> date | None:
    return given.date() if given else None


def _pages(
    client: TtbClient, start: date | None, end: date | None, status: Status | None, limit: int
) -> Iterator[pb.ListArtifactsResponse]:
    """Pages until there are `limit` artifacts (0: all); the last one's token goes on exactly there."""
    token, left = "", limit
    while True:
        size = min(left, PAGE_SIZE) if limit else PAGE_SIZE
        with waiting("listing"):
            page = client.list_artifacts(start=start, end=end, status=status, page_size=size, page_token=token)
        yield page
        token = page.next_page_token
        left -= len(page.artifacts) + len(page.damaged)
        if not token or (limit and left <= 0):
            return


def _refuse_to_replace(path: Path, force: bool) -> None:
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} is there already; --force replaces it", param_hint="--output")


def _confirmed(client: TtbClient, identifier: str) -> bool:
    """Show what would be deleted, and ask. What cannot be read can be deleted all the same."""
    try:
        show(artifact_summary(client.get_artifact(identifier).metadata), error=True)
    except TtbError as error:
        if error.code not in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.DATA_LOSS):
            raise
        note(error.message)
    try:
        return typer.confirm("Delete it for good?", err=True)
    except typer.Abort:
        return False
