"""The store is away under load: every label is verified all the same, and afterwards every artifact is there.

`OUTAGE_SECONDS=60 pytest -s tests/e2e/test_store_outage.py` is the long form; it prints its figures.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import httpx
import pytest

from tests.common.ceph import Rgw, running_rgw
from tests.common.stack import Stack, running_stack
from tests.e2e.saving_load import QUICK, Load, check_everything_is_kept, figures, wait_until_handed_over

SECONDS = float(os.environ.get("OUTAGE_SECONDS", "15"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 5 * SECONDS)]


@dataclass(frozen=True)
class Outage:
    """A running system, how its store goes away, and how it comes back."""

    stack: Stack
    begin: Callable[[], object]
    end: Callable[[], object]


@contextmanager
def full_disk(folder: Path) -> Iterator[Outage]:
    """No file of the artifacts service may grow any more, as on a full disk."""
    with running_stack(folder, QUICK) as stack:
        limit = partial(resource.prlimit, stack.processes["artifacts"].pid, resource.RLIMIT_FSIZE)
        soft, hard = limit()
        yield Outage(stack, lambda: limit((0, hard)), lambda: limit((soft, hard)))


@contextmanager
def dead_s3(folder: Path) -> Iterator[Outage]:
    """S3 was killed: connections are refused."""
    with _on_s3(folder) as (stack, server):
        yield Outage(stack, server.kill_rgw, server.start_rgw)


@contextmanager
def hanging_s3(folder: Path) -> Iterator[Outage]:
    """S3 takes connections and does not answer."""
    with _on_s3(folder) as (stack, server):
        yield Outage(stack, server.pause_rgw, server.resume_rgw)


@contextmanager
def _on_s3(folder: Path) -> Iterator[tuple[Stack, Rgw]]:
    with running_rgw(folder / "rgw") as server:
        server.make_bucket("artifacts")
        with running_stack(folder, {**QUICK, **server.environment, "ARTIFACT_S3_BUCKET": "artifacts"}) as stack:
            yield stack, server


@pytest.mark.parametrize("system", [full_disk, dead_s3, hanging_s3])
def test_no_verification_fails_and_no_artifact_is_lost(
    system: Callable[[Path], AbstractContextManager[Outage]], tmp_path: Path
) -> None:
    with system(tmp_path) as outage:
        url = outage.stack.url
        with Load(url) as load:
            load.wait_for_answers(10)
            began = time.monotonic()
            outage.begin()
            try:
                _wait_until_told(url, available=False, seconds=60)
                load.wait_for_answers(5)
                time.sleep(max(0, began + SECONDS - time.monotonic()))
            finally:
                outage.end()
            ended = time.monotonic()
            _wait_until_told(url, available=True, seconds=60)
            load.wait_for_answers(5)
        during = [each for each in load.sent if each.began > began and each.ended < ended]
        before = [each for each in load.sent if each.ended < began]
        print(f"\n{ended - began:.0f} s away; {figures(during)} meanwhile; all in all {figures(load.sent)}")  # noqa: T201
        medians = [median(each.ended - each.began for each in some) for some in (before, during)]
        print("median before and meanwhile: {:.2f} s, {:.2f} s".format(*medians))  # noqa: T201

        assert {each.status for each in load.sent} == {200}
        assert {each.state for each in load.sent} <= {"stored", "queued"}
        assert {each.state for each in during[-5:]} == {"queued"}
        wait_until_handed_over(url)
        check_everything_is_kept(url, load.sent)


def _wait_until_told(url: str, *, available: bool, seconds: float) -> None:
    """Return when `GET /health` tells that the store is there or is not; labels can be verified all the time."""
    end = time.monotonic() + seconds
    while True:
        answer = httpx.get(f"{url}/health", timeout=5)
        assert answer.status_code == 200
        told = answer.json()["artifacts"]
        if told["available"] is available:
            assert bool(told["reason"]) is not available
            return
        assert time.monotonic() < end, told
        time.sleep(0.1)
