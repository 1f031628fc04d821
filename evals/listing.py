"""How long a page of a listing takes: a store is filled with small synthetic artifacts and paged through to its end."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from statistics import median

import uuid_utils

from services.artifacts.archive import Archive
from services.artifacts.model import Image, Metadata, ValidationStatus

PAGE = 100
PER_DAY = 100
"""Artifacts of one day: a store ten times as large reaches back ten times as far."""

_SAVES_AT_ONCE = 32
# One of four failed, one of four needs review.
_STATUSES = (ValidationStatus.PASSED, ValidationStatus.FAILED, ValidationStatus.PASSED, ValidationStatus.NEEDS_REVIEW)
_NEWEST = datetime(2026, 6, 30, 23, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a listing asks for, and how many artifacts it has to find; `name` is for the report."""

    name: str
    count: int
    start: date | None = None
    end: date | None = None
    status: ValidationStatus | None = None


@dataclass(frozen=True, slots=True)
class Pages:
    """Milliseconds that the pages of one listing took; each is the median of its passes but `slowest`."""

    listing: str
    artifacts: int
    pages: int
    first: float
    middle: float
    last: float
    median: float
    slowest: float


class WrongListingError(Exception):
    """A listing did not hold what it should; its times mean nothing."""


async def fill(archive: Archive, begin: int, end: int, advance: Callable[[], None]) -> float:
    """Save the artifacts with these numbers, the newest having number 0; returns the seconds that it took."""
    began = time.perf_counter()
    numbers = iter(range(begin, end))

    async def save() -> None:
        for number in numbers:
            await _save(archive, number)
            advance()

    async with asyncio.TaskGroup() as savers:
        for _ in range(_SAVES_AT_ONCE):
            savers.create_task(save())
    return time.perf_counter() - began


def filters(count: int) -> Sequence[Filter]:
    """The listings of a store with so many artifacts: all, one verdict, and the five oldest days."""
    oldest = _moment(count - 1).date()
    last = min(oldest + timedelta(days=4), _NEWEST.date())
    in_range = sum(oldest <= _moment(number).date() <= last for number in range(count))
    failed = sum(_status(number) is ValidationStatus.FAILED for number in range(count))
    return (
        Filter("all", count),
        Filter("failed", failed, status=ValidationStatus.FAILED),
        Filter("the oldest 5 days", in_range, start=oldest, end=last),
    )


async def page_through(archive: Archive, wanted: Filter, passes: int) -> Pages:
    """Time every page of a listing so many times. Raises `WrongListingError` when it is not whole and in order."""
    every = [await _pass(archive, wanted) for _ in range(passes)]
    pages = [median(times) for times in zip(*every, strict=True)]
    return Pages(
        listing=wanted.name,
        artifacts=wanted.count,
        pages=len(pages),
        first=pages[0],
        middle=pages[len(pages) // 2],
        last=pages[-1],
        median=median(pages),
        slowest=max(max(times) for times in every),
    )


async def _pass(archive: Archive, wanted: Filter) -> Sequence[float]:
    times: list[float] = []
    ids: list[str] = []
    token = ""
    while not times or token:
        began = time.perf_counter()
        page = await archive.list(
            start=wanted.start, end=wanted.end, status=wanted.status, page_size=PAGE, page_token=token
        )
        times.append((time.perf_counter() - began) * 1000)
        ids += [metadata.request_id for metadata in page.artifacts]
        token = page.next_page_token
    # The ids sort by time.
    if len(ids) != wanted.count or ids != sorted(set(ids), reverse=True):
        raise WrongListingError(f"{wanted.name}: {len(ids)} artifacts, {wanted.count} expected, or not newest first")
    return times


async def _save(archive: Archive, number: int) -> None:
    when, status = _moment(number), _status(number)
    metadata = Metadata(
        request_id=str(uuid_utils.uuid7(nanoseconds=round(when.timestamp() * 1000) * 1_000_000)),
        timestamp=when,
        validation_status=status,
        client_ip="192.0.2.1",
        image_size_bytes=1024,
        image_format="png",
        ocr_backend="auto",
        validation_passed=status is ValidationStatus.PASSED,
        processing_time_ms=1500,
        model_version="synthetic",
        rule_edition=when.date().isoformat(),
        request={"application": {"brand_name": f"BRAND {number}"}},
    )
    image = Image(hashlib.sha512(str(number).encode()).digest() * 16, "png")
    await archive.save(metadata, [image], b'{"schema_version": "1", "pages": []}', b'{"schema_version": "1"}')


def _moment(number: int) -> datetime:
    return _NEWEST - number * timedelta(days=1) / PER_DAY


def _status(number: int) -> ValidationStatus:
    return _STATUSES[number % len(_STATUSES)]
