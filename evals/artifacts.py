"""`python -m evals.artifacts`: whether a page of artifacts takes longer the more there are, in each kind of store."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from unittest.mock import patch

from pydantic_core import to_json
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from evals import machine
from evals.cells import table
from evals.listing import PAGE, Pages, WrongListingError, fill, filters, page_through
from services.artifacts.archive import Archive
from services.artifacts.bootstrap import open_store
from services.artifacts.settings import ArtifactSettings
from services.common.errors import TtbError
from services.common.settings import load

RESULTS = Path(__file__).resolve().parent / "results"

FAILED = 1
USAGE = 2
_BUCKET = "artifacts"


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured with so many artifacts; `saves_per_second` while they were filled in, 32 at a time."""

    artifacts: int
    saves_per_second: float
    listings: tuple[Pages, ...]


@dataclass(frozen=True, slots=True)
class ListingReport:
    """A report, and what its numbers depend on."""

    store: str
    date: str
    commit: str
    modified: bool
    machine: str
    load_before: float
    load_after: float
    passes: int
    measured: tuple[Measured, ...]


def main(arguments: list[str] | None = None) -> int:
    """Fill, page, and write the report; returns the exit code."""
    options = _options(arguments)
    started, load_before = datetime.now(UTC), os.getloadavg()[0]
    try:
        with _empty(options.store) as environment, patch.dict(os.environ, environment):
            counts = sorted({min(1000, options.count), options.count})
            measured = asyncio.run(_measure(load(ArtifactSettings), counts, options.passes))
    except (TtbError, WrongListingError) as error:
        print(error, file=sys.stderr)
        return FAILED
    except NotEmptyError as error:
        print(error, file=sys.stderr)
        return USAGE
    report = ListingReport(
        store=options.store,
        date=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        commit=machine.commit(),
        modified=machine.modified(),
        machine=machine.machine(),
        load_before=load_before,
        load_after=os.getloadavg()[0],
        passes=options.passes,
        measured=measured,
    )
    options.results.mkdir(parents=True, exist_ok=True)
    name = options.store.removeprefix("s3://").replace("/", "-")
    target = options.results / f"{started:%Y-%m-%d}-{report.commit}-artifacts-{name}.md"
    target.write_text(markdown(report), encoding="utf-8")
    target.with_suffix(".json").write_bytes(to_json(report, indent=1) + b"\n")
    print(markdown(report))
    print(target)
    return 0


class NotEmptyError(Exception):
    """The bucket holds artifacts of somebody."""


async def _measure(settings: ArtifactSettings, counts: list[int], passes: int) -> tuple[Measured, ...]:
    store = open_store(settings)
    archive = Archive(store)
    columns = (TextColumn("{task.description:<16}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    measured: list[Measured] = []
    try:
        if await store.list("index/", limit=1):
            raise NotEmptyError("this bucket holds artifacts; give an empty one, because it will be filled")
        with Progress(*columns, console=Console(stderr=True)) as progress:
            for before, count in zip([0, *counts], counts, strict=False):
                task = progress.add_task(f"fill to {count}", total=count - before)
                seconds = await fill(archive, before, count, partial(progress.advance, task))
                listings = [await page_through(archive, each, passes) for each in filters(count)]
                measured.append(Measured(count, (count - before) / seconds, tuple(listings)))
    finally:
        await store.close()
    return tuple(measured)


@contextlib.contextmanager
def _empty(store: str) -> Iterator[dict[str, str]]:
    """Environment that leads to a store of this kind, empty; it is gone afterwards, but for a bucket that was named."""
    with tempfile.TemporaryDirectory(prefix="ttb-") as name, contextlib.ExitStack() as stack:
        if store.startswith("s3://"):
            yield {"ARTIFACT_S3_BUCKET": store.removeprefix("s3://").rstrip("/")}
        elif store == "directory":
            yield {"ARTIFACT_S3_BUCKET": "", "ARTIFACT_DIRECTORY": name}
        else:
            # The servers of the tests; nothing else here needs them.
            from tests.common.ceph import Rgw, running_rgw
            from tests.common.moto_server import MotoServer, running_moto

            server: MotoServer | Rgw
            if store == "rgw":
                server = stack.enter_context(running_rgw(Path(name)))
            else:
                server = stack.enter_context(running_moto(Path(name)))
            server.make_bucket(_BUCKET)
            yield {**server.environment, "ARTIFACT_S3_BUCKET": _BUCKET}


def markdown(report: ListingReport) -> str:
    """The page for people."""
    changed = " with changes on top" if report.modified else ""
    head = ("artifacts", "listing", "found", "pages", "first", "middle", "last", "median", "slowest")
    rows = [
        (f"{each.artifacts:,}", pages.listing, f"{pages.artifacts:,}", str(pages.pages), *_times(pages))
        for each in report.measured
        for pages in each.listings
    ]
    filled = ", ".join(f"{each.saves_per_second:.0f} a second up to {each.artifacts:,}" for each in report.measured)
    return f"""\
# Listing artifacts in {report.store}, {report.date[:10]}, commit {report.commit}{changed}

Milliseconds for a page of {PAGE}, asked of the archive without gRPC; passes over every page: {report.passes}. First,
middle, last and median are medians of the passes, slowest is over all of them. On {report.machine}, load
{report.load_before:.1f} before and {report.load_after:.1f} after.

{table(head, rows)}

Filled with artifacts of about 1.5 kB through the archive, 32 at a time: {filled}.
"""


def _times(pages: Pages) -> Iterator[str]:
    for each in (pages.first, pages.middle, pages.last, pages.median, pages.slowest):
        yield f"{each:.0f}" if each >= 10 else f"{each:.1f}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals.artifacts", description=__doc__)
    parser.add_argument(
        "--store", type=_store, default="directory", help="directory, moto, rgw, or s3://BUCKET, which must be empty"
    )
    parser.add_argument("--count", type=int, default=10_000, help="artifacts; 1000 are measured too (%(default)s)")
    parser.add_argument("--passes", type=int, default=3, help="over every listing (%(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the report goes")
    return parser.parse_args(arguments)


def _store(text: str) -> str:
    if text not in ("directory", "moto", "rgw") and not text.startswith("s3://"):
        raise argparse.ArgumentTypeError("directory, moto, rgw or s3://BUCKET")
    return text


if __name__ == "__main__":
    sys.exit(main())
