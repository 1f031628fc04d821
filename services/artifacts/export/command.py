"""`python -m services.artifacts export`: the command line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, date, datetime
from enum import IntEnum

from rich.console import Console

from services.artifacts.archive import Archive
from services.artifacts.bootstrap import open_store
from services.artifacts.export.days import Day
from services.artifacts.export.options import DAMAGED, ForeignFolderError, Options, claim
from services.artifacts.export.progress import megabytes, shown
from services.artifacts.export.run import Export
from services.artifacts.export.schema import markdown
from services.artifacts.export.target import S3, Target, open_target
from services.artifacts.model import ValidationStatus
from services.artifacts.settings import ArtifactSettings
from services.common import logs
from services.common.errors import TtbError
from services.common.settings import SharedSettings, load


class ExitCode(IntEnum):
    """How the command ends."""

    COMPLETE = 0
    INCOMPLETE = 1
    USAGE = 2
    STOPPED = 130


_DESCRIPTION = """\
Copy artifacts into a dataset for analysis and training: one Parquet table with a row for each artifact, one with a row
for each field of the label, the images, and a dataset card (README.md) that describes it all.

Artifacts are read from where the service keeps them, by the same settings (ARTIFACT_S3_BUCKET or ARTIFACT_DIRECTORY,
S3_ENDPOINT_URL); the service need not run, and nothing is changed there.

When the command was stopped, start it again with the same options: days that are whole are left alone. So a dataset
without --end grows by the new days each time. Deleted artifacts leave the dataset only with --fresh.
"""

_EPILOG = """\
examples:
  python -m services.artifacts export --start 2026-01-01 --end 2026-01-31 --out january
  python -m services.artifacts export --status failed --no-images --out failures
  python -m services.artifacts export --out s3://analysis/labels

exit codes: 0 complete; 1 incomplete: an artifact is damaged (the rest is exported, damaged.txt names it), or the store
or the target failed (start it again); 2 wrong usage.
"""


def main(argv: list[str]) -> int:
    """Do what the arguments say; returns the exit code."""
    arguments = _parse(argv)
    if arguments.schema:
        sys.stdout.write(markdown(with_client_ip=True) + "\n")
        return ExitCode.COMPLETE
    options = Options(
        start=arguments.start,
        end=arguments.end,
        status=arguments.status,
        with_images=not arguments.no_images,
        with_client_ip=arguments.with_client_ip,
    )
    settings, shared = load(ArtifactSettings), load(SharedSettings)
    logs.configure(shared, "artifacts-export")
    if not settings.s3_bucket and not settings.directory.is_dir():
        sys.stderr.write(f"setting ARTIFACT_DIRECTORY: there is no folder {settings.directory}\n")
        return ExitCode.USAGE
    console = Console(stderr=True, highlight=False, markup=False, emoji=False)
    try:
        target = open_target(arguments.out, endpoint_url=settings.s3_endpoint_url)
        claim(target, options, fresh=arguments.fresh)
        days = asyncio.run(_export(settings, target, options, console))
    except ForeignFolderError as error:
        return _complain(console, str(error), ExitCode.USAGE)
    except TtbError as error:
        return _complain(console, f"{error.message} Start it again to go on.", ExitCode.INCOMPLETE)
    except OSError as error:
        return _complain(console, f"cannot write to {arguments.out}: {error}", ExitCode.INCOMPLETE)
    except KeyboardInterrupt:
        return _complain(console, "stopped; start it again to go on", ExitCode.STOPPED)
    return _summary(console, target, days)


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m services.artifacts export",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--start", type=_day, metavar="DAY", help="first day, UTC, YYYY-MM-DD; default: the first artifact"
    )
    parser.add_argument("--end", type=_day, metavar="DAY", help="last day, inclusive; default: the last artifact")
    parser.add_argument("--status", type=ValidationStatus, choices=list(ValidationStatus), help="only this verdict")
    parser.add_argument(
        "--out", type=_out, metavar="DIR|s3://BUCKET/PREFIX", help="where the dataset goes; made when missing"
    )
    parser.add_argument(
        "--no-images", action="store_true", help="leave the images out; the tables still name their SHA-256"
    )
    parser.add_argument(
        "--with-client-ip", action="store_true", help="include the clients' addresses, which may be personal data"
    )
    parser.add_argument("--fresh", action="store_true", help="remove an earlier export from there, and begin anew")
    parser.add_argument("--schema", action="store_true", help="print the columns as Markdown, and end")
    arguments = parser.parse_args(argv)
    if not arguments.schema and not arguments.out:
        parser.error("--out is needed: a folder, or s3://bucket/prefix")
    if arguments.start and arguments.end and arguments.start > arguments.end:
        parser.error(f"--start {arguments.start} is after --end {arguments.end}")
    return arguments


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-01-31") from error


def _out(text: str) -> str:
    if not text or (text.startswith(S3) and not text.removeprefix(S3).partition("/")[0]):
        raise argparse.ArgumentTypeError(f"{text!r} names nothing; write a folder, or s3://bucket/prefix")
    return text


async def _export(settings: ArtifactSettings, target: Target, options: Options, console: Console) -> tuple[Day, ...]:
    store = open_store(settings)
    try:
        last = options.end or datetime.now(UTC).date()
        with shown(console, first=options.start, last=last) as progress:
            return await Export(Archive(store), target, options, progress).run()
    finally:
        await store.close()


def _summary(console: Console, target: Target, days: tuple[Day, ...]) -> int:
    artifacts, size = sum(day.artifacts for day in days), sum(day.image_bytes for day in days)
    damaged = sum(len(day.damaged) for day in days)
    console.print(
        f"{target.shown}: {artifacts:,} artifacts of {len(days):,} days, {megabytes(size)} of images", soft_wrap=True
    )
    if not damaged:
        return ExitCode.COMPLETE
    return _complain(console, f"{damaged:,} artifacts are damaged and not included; see {DAMAGED}", ExitCode.INCOMPLETE)


def _complain(console: Console, message: str, code: ExitCode) -> int:
    console.print(f"export: {message}", soft_wrap=True)
    return code
