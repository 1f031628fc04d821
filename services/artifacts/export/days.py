"""One day of the dataset: written beside its name, and renamed when it is whole.

The file of artifacts is renamed last, and its footer holds what the day came to: it is the commit of its day. What the
dataset holds is read back from these footers, so that no other record of progress can disagree with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, ValidationError

from services.artifacts.export.rows import Rows
from services.artifacts.export.schema import Table, columns
from services.artifacts.export.target import UNFINISHED, Target

FOOTER = b"ttb.export"
LATE = timedelta(hours=1)
"""How long after its end a day may still grow: an artifact is dated by its request, and may have waited to be kept."""


class Damaged(BaseModel):
    """An artifact that was altered or truncated where it is kept, and so is not in the dataset."""

    model_config = ConfigDict(frozen=True)

    id: str
    problem: str


class Day(BaseModel):
    """What one day came to. `begun` is when its writing began, UTC; `image_bytes` counts the images written for it."""

    model_config = ConfigDict(frozen=True)

    day: date
    begun: datetime
    verdicts: dict[str, int]
    images: int
    image_bytes: int
    damaged: tuple[Damaged, ...] = ()

    @property
    def artifacts(self) -> int:
        """Rows of the table of artifacts."""
        return sum(self.verdicts.values())

    @property
    def settled(self) -> bool:
        """Whether it need not be written again: it was over, and nothing was damaged that may be whole again."""
        over = datetime.combine(self.day, time(), UTC) + timedelta(days=1)
        return not self.damaged and self.begun >= over + LATE


def path_of(table: Table, day: date) -> str:
    """Where a day's part of a table is."""
    return f"{table}/{day.isoformat()}.parquet"


def images_of(day: date) -> str:
    """Where a day's images are."""
    return f"images/{day.isoformat()}"


def read_day(target: Target, day: date) -> Day | None:
    """What the day came to; None when it was not written, or not by this version."""
    path = path_of(Table.ARTIFACTS, day)
    if not target.exists(path):
        return None
    try:
        with target.open(path) as source:
            footer = pq.ParquetFile(source).metadata.metadata or {}
        return Day.model_validate_json(footer.get(FOOTER, b""))
    except (pa.ArrowInvalid, ValidationError):
        return None


def days_in(target: Target) -> tuple[date, ...]:
    """Days that have a file of artifacts, the newest first."""
    stems = [name.removesuffix(".parquet") for name in target.names(Table.ARTIFACTS) if name.endswith(".parquet")]
    return tuple(sorted((date.fromisoformat(stem) for stem in stems), reverse=True))


class DayWriter:
    """Both tables of one day. A context manager; nothing has its final name before `commit`."""

    def __init__(self, target: Target, day: date, *, with_client_ip: bool) -> None:
        self._target = target
        self._day = day
        self._schemas = {table: columns(table, with_client_ip=with_client_ip) for table in Table}
        self._writers: dict[Table, pq.ParquetWriter] = {}
        self._open = ExitStack()
        self.verdicts: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Begin the files."""
        with self._open:
            for table, schema in self._schemas.items():
                sink = self._open.enter_context(self._target.create(path_of(table, self._day) + UNFINISHED))
                self._writers[table] = self._open.enter_context(pq.ParquetWriter(sink, schema, compression="zstd"))
            self._open = self._open.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the files, which are overwritten the next time unless they were committed."""
        self._open.close()

    def write(self, batch: Sequence[Rows]) -> None:
        """Add a row group of these artifacts to each table."""
        parts = {
            Table.ARTIFACTS: [each.artifact for each in batch],
            Table.FIELDS: [f for each in batch for f in each.fields],
        }
        for table, part in parts.items():
            if part:
                self._writers[table].write_batch(pa.RecordBatch.from_pylist(part, schema=self._schemas[table]))
        self.verdicts.update(each.artifact["verdict"] for each in batch)

    def commit(self, day: Day) -> None:
        """Give the files their names: the day is whole."""
        self._writers[Table.ARTIFACTS].add_key_value_metadata({FOOTER: day.model_dump_json()})
        self._open.close()
        for table in (Table.FIELDS, Table.ARTIFACTS):
            path = path_of(table, self._day)
            self._target.move(path + UNFINISHED, path)
