"""The export as its users start it: a process of its own, on a directory store filled through the archive."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.fs as fs
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from services.artifacts.archive import Archive
from services.artifacts.directory_store import DirectoryStore
from services.artifacts.export.options import Options
from services.artifacts.export.progress import shown
from services.artifacts.export.run import Export
from services.artifacts.export.target import Target, open_target
from services.artifacts.layout import Place
from services.artifacts.model import ValidationStatus
from tests.common.kept import Kept, kept
from tests.common.moto_server import running_moto

ROOT = Path(__file__).resolve().parents[3]
FIRST = datetime(2026, 1, 30, 8, 0, tzinfo=UTC)
DAYS, PER_DAY = 3, 5
VERDICTS = (ValidationStatus.PASSED, ValidationStatus.FAILED)
JANUARY = ("--start", "2026-01-01", "--end", "2026-01-31")
Row = Mapping[str, Any]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
async def saved(store: Path) -> Sequence[Kept]:
    """Artifacts of 30 and 31 January and 1 February, the newest first, some with two images."""
    moments = [FIRST + timedelta(days=day, hours=hour) for day in range(DAYS) for hour in range(PER_DAY)]
    every = [
        kept(when, VERDICTS[number % 2], formats=("jpeg", "png") if number % 3 else ("png",))
        for number, when in enumerate(moments)
    ]
    await save(store, every)
    return every[::-1]


async def save(store: Path, every: Sequence[Kept]) -> None:
    files = DirectoryStore(store, retention_days=365)
    archive = Archive(files)
    for each in every:
        await each.save(archive)
    await files.close()


async def delete(store: Path, identifier: str) -> None:
    files = DirectoryStore(store, retention_days=365)
    await Archive(files).delete(identifier, reason="a test", who="a test")
    await files.close()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "services.artifacts", "export", *arguments]


def environment(store: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "ARTIFACT_DIRECTORY": str(store), "AWS_EC2_METADATA_DISABLED": "true", **more}


def export(store: Path, out: Path | str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("--out", str(out), *arguments),
        cwd=ROOT,
        env=environment(store, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


async def run(store: Path, target: Target, now: datetime) -> None:
    """An export in this process, at that time."""
    files = DirectoryStore(store, retention_days=365)
    with shown(Console(quiet=True), first=None, last=now.date()) as progress:
        await Export(Archive(files), target, Options(), progress, clock=lambda: now).run()
    await files.close()


def rows(out: Path, table: str = "artifacts") -> list[Row]:
    """The rows of a table, the newest day first."""
    return [
        row for path in sorted((out / table).glob("*.parquet"), reverse=True) for row in pq.read_table(path).to_pylist()
    ]


def content(out: Path) -> dict[str, object]:
    """Everything a reader of the dataset gets: rows of tables, which do not tell when they were written, and bytes."""
    return {
        str(path.relative_to(out)): pq.read_table(path).to_pylist() if path.suffix == ".parquet" else path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


def times(out: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in out.rglob("*.*") if path.is_file() and path.name != "README.md"}


def test_a_dataset_holds_rows_and_images_of_its_days(store: Path, saved: Sequence[Kept], tmp_path: Path):
    out = tmp_path / "january"
    done = export(store, out, *JANUARY)
    assert done.returncode == 0, done.stderr
    assert "2026-01-31: 5 artifacts" in done.stderr

    wanted = saved[PER_DAY:]
    assert [row["id"] for row in rows(out)] == [each.id for each in wanted]
    assert len(rows(out, "fields")) == 2 * len(wanted)
    for row, each in zip(rows(out), wanted, strict=True):
        assert [(out / image["path"]).read_bytes() for image in row["images"]] == [i.content for i in each.images]
        assert [image["sha256"] for image in row["images"]] == [
            hashlib.sha256(image.content).hexdigest() for image in each.images
        ]
        assert [image["format"] for image in row["images"]] == [image.format for image in each.images]
    assert "| artifacts | 10 |" in (out / "README.md").read_text()
    assert not (out / "damaged.txt").exists()


def test_filters_and_options(store: Path, saved: Sequence[Kept], tmp_path: Path):
    out = tmp_path / "failed"
    done = export(store, out, "--status", "failed", "--no-images", "--with-client-ip")
    assert done.returncode == 0, done.stderr
    wanted = [each.id for each in saved if each.artifact.metadata.validation_status is ValidationStatus.FAILED]
    assert [row["id"] for row in rows(out)] == wanted
    assert {row["client_ip"] for row in rows(out)} == {"192.0.2.7"}
    assert {image["path"] for row in rows(out) for image in row["images"]} == {None}
    assert not (out / "images").exists()

    refused = export(store, out, "--status", "failed")
    assert refused.returncode == 2
    assert "other options" in refused.stderr


async def test_days_that_are_over_are_kept_and_today_is_written_anew(
    store: Path, saved: Sequence[Kept], tmp_path: Path
):
    out, now = tmp_path / "all", datetime.now(UTC)
    early, late = kept(now - timedelta(seconds=2)), kept(now - timedelta(seconds=1))
    await save(store, [early])
    assert export(store, out).returncode == 0
    before = times(out)
    await delete(store, saved[0].id)
    await delete(store, early.id)
    await save(store, [late])
    again = export(store, out)
    assert again.returncode == 0, again.stderr

    assert "2026-02-01: there already" in again.stderr
    assert [row["id"] for row in rows(out)] == [late.id, *(each.id for each in saved)]
    today = {Place.of(each.id).day.isoformat() for each in (early, late)}
    old = {path: when for path, when in before.items() if not any(day in str(path) for day in today)}
    assert old == {path: when for path, when in times(out).items() if path in old}
    assert not list(out.glob(f"images/*/{early.id}*")), "it was deleted before its day was settled"

    assert export(store, out, "--fresh").returncode == 0
    assert [row["id"] for row in rows(out)] == [late.id, *(each.id for each in saved[1:])]
    assert not list(out.glob(f"images/*/{saved[0].id}*"))


def test_a_killed_export_goes_on_to_the_same_dataset(store: Path, saved: Sequence[Kept], tmp_path: Path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert export(store, whole).returncode == 0
    # Whoever reads a pipe that nobody writes to waits: the export stops in the middle of 31 January.
    stuck = Place.of(saved[PER_DAY + 2].id)
    answer = store / stuck.object("validation_result.json")
    was = answer.read_bytes()
    answer.unlink()
    os.mkfifo(answer)
    process = subprocess.Popen(
        command("--out", str(killed)), cwd=ROOT, env=environment(store), stderr=subprocess.DEVNULL
    )
    others = sum(len(each.images) for each in saved[PER_DAY : 2 * PER_DAY] if each.id != stuck.identifier)
    end = time.monotonic() + 60
    while len(list(killed.glob("images/2026-01-31/*"))) < others:
        assert process.poll() is None, "it ended before it was killed"
        assert time.monotonic() < end
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    answer.unlink()
    answer.write_bytes(was)

    assert [path.name for path in killed.glob("artifacts/*.parquet")] == ["2026-02-01.parquet"]
    first = (killed / "artifacts/2026-02-01.parquet").stat().st_mtime_ns
    done = export(store, killed)
    assert done.returncode == 0, done.stderr
    assert content(killed) == content(whole)
    again = (killed / "artifacts/2026-02-01.parquet").stat().st_mtime_ns
    assert again == first, "the day that was whole was written again"


async def test_of_a_day_that_was_emptied_only_a_settled_copy_stays(store: Path, tmp_path: Path):
    out = tmp_path / "out"
    target = open_target(str(out), endpoint_url=None)
    settled, unsettled = kept(FIRST - timedelta(days=1)), kept(FIRST)
    await save(store, [settled, unsettled])
    await run(store, target, FIRST + timedelta(hours=1))
    assert len(rows(out)) == 2
    for each in (settled, unsettled):
        await delete(store, each.id)
    await run(store, target, FIRST + timedelta(days=2))
    assert [row["id"] for row in rows(out)] == [settled.id]
    assert "| artifacts | 1 |" in (out / "README.md").read_text()
    assert not list(out.rglob(f"*{FIRST:%Y-%m-%d}*"))


class _DyingTarget(Target):
    """Fails for good at the given change to its files."""

    def __init__(self, folder: Path, changes: int) -> None:
        super().__init__(fs.LocalFileSystem(), str(folder), str(folder))
        self.changes = changes

    def _change(self) -> None:
        self.changes -= 1
        if self.changes < 0:
            raise OSError("dead")

    def create(self, path: str) -> pa.NativeFile:
        self._change()
        return super().create(path)

    def move(self, source: str, path: str) -> None:
        self._change()
        super().move(source, path)

    def remove(self, path: str) -> None:
        self._change()
        super().remove(path)


async def test_an_export_that_dies_at_any_change_goes_on_to_the_same_dataset(store: Path, tmp_path: Path):
    noon, early = FIRST + timedelta(hours=4), FIRST + timedelta(hours=1)
    old, gone, new = kept(FIRST - timedelta(days=1), formats=("jpeg", "png")), kept(FIRST), kept(noon)
    await save(store, [old, gone])
    await run(store, open_target(str(tmp_path / "before"), endpoint_url=None), early)
    await delete(store, gone.id)
    await save(store, [new])
    await run(store, open_target(str(tmp_path / "whole"), endpoint_url=None), FIRST + timedelta(days=2))
    wanted = content(tmp_path / "whole")
    assert [row["id"] for row in rows(tmp_path / "whole")] == [new.id, old.id]

    for changes in count():
        out = tmp_path / f"after-{changes}"
        shutil.copytree(tmp_path / "before", out)
        try:
            await run(store, _DyingTarget(out, changes), FIRST + timedelta(days=2))
        except OSError:
            await run(store, open_target(str(out), endpoint_url=None), FIRST + timedelta(days=2))
            assert content(out) == wanted, changes
        else:
            assert changes > 8, "it must have written something"
            break


def test_damaged_artifacts_are_named_and_the_rest_is_exported(store: Path, saved: Sequence[Kept], tmp_path: Path):
    out = tmp_path / "all"
    image, metadata, answer = (Place.of(saved[number].id) for number in (1, 3, PER_DAY))
    broken = {
        image: next((store / image.folder).glob("image.*")),
        metadata: store / metadata.metadata,
        answer: store / answer.object("validation_result.json"),
    }
    good = {path: path.read_bytes() for path in broken.values()}
    for path, was in good.items():
        path.write_bytes(was[:-1] + b"?")
    done = export(store, out)
    assert done.returncode == 1
    assert "3 artifacts are damaged" in done.stderr
    assert [row["id"] for row in rows(out)] == [e.id for e in saved if Place.of(e.id) not in broken]
    told = (out / "damaged.txt").read_text().splitlines()
    assert len(told) == len(broken)
    for place, path in broken.items():
        assert any(f"{place.day} {place.identifier} {path.name}" in line for line in told)

    for path, was in good.items():
        path.write_bytes(was)
    done = export(store, out)
    assert done.returncode == 0, done.stderr
    assert [row["id"] for row in rows(out)] == [each.id for each in saved]
    assert not (out / "damaged.txt").exists()


def test_from_s3_and_to_s3(store: Path, saved: Sequence[Kept], tmp_path: Path):
    """moto stands in for S3: the bucket to read from is filled by copying the folder, whose keys are the same."""
    assert export(store, tmp_path / "local").returncode == 0
    with running_moto(tmp_path) as moto:
        s3 = moto.client()
        moto.make_bucket("kept")
        moto.make_bucket("analysis")
        for path in store.rglob("*"):
            if path.is_file():
                parts = [part for part in path.relative_to(store).parts if not part.endswith("~")]
                s3.put_object(Bucket="kept", Key="/".join(parts), Body=path.read_bytes())
        for _ in "once", "again":
            done = export(store, "s3://analysis/labels", ARTIFACT_S3_BUCKET="kept", **moto.environment)
            assert done.returncode == 0, done.stderr
        assert "2026-02-01: there already" in done.stderr
        for each in s3.list_objects_v2(Bucket="analysis")["Contents"]:
            if not each["Key"].endswith("/"):
                path = tmp_path / each["Key"]
                path.parent.mkdir(parents=True, exist_ok=True)
                s3.download_file("analysis", each["Key"], str(path))
        assert content(tmp_path / "labels") == content(tmp_path / "local")

        lost = export(store, "s3://nowhere/labels", **moto.environment)
        assert lost.returncode == 1
        assert "s3://nowhere/labels" in lost.stderr
        away = export(store, tmp_path / "away", ARTIFACT_S3_BUCKET="nowhere", **moto.environment)
        assert away.returncode == 1
        assert "ARTIFACT_S3_BUCKET" in away.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    done = export(tmp_path / "nothing", tmp_path / "out")
    assert done.returncode == 2
    assert "ARTIFACT_DIRECTORY" in done.stderr
    assert not (tmp_path / "nothing").exists()
    assert not (tmp_path / "out").exists()
