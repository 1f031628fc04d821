"""`kill -9` of the artifacts service, the validator and the store, at any moment and under load, loses nothing.

`KILLS=100 pytest -s tests/e2e/test_artifact_kills.py` is the long form; it prints its figures. `SEED` repeats a run.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.common.ceph import running_rgw
from tests.common.stack import Stack, running_stack
from tests.e2e.saving_load import QUICK, Load, Sent, check_everything_is_kept, figures, wait_until_handed_over

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("SEED", "1"))

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300 + 30 * KILLS)]


@dataclass(frozen=True)
class Victim:
    """What is killed, and started again."""

    name: str
    kill: Callable[[], None]
    start: Callable[[], None]

    @classmethod
    def of(cls, stack: Stack, name: str) -> Victim:
        """A program of the stack."""

        def kill() -> None:
            stack.processes[name].kill()
            stack.processes[name].wait()

        return cls(name, kill, lambda: stack.start(name))


@dataclass(frozen=True)
class Killed:
    """What was killed, and when (monotonic seconds)."""

    name: str
    moment: float


@contextmanager
def on_a_directory(folder: Path) -> Iterator[tuple[Stack, Sequence[Victim]]]:
    with running_stack(folder, QUICK) as stack:
        yield stack, (Victim.of(stack, "artifacts"), Victim.of(stack, "validator"))


@contextmanager
def on_s3(folder: Path) -> Iterator[tuple[Stack, Sequence[Victim]]]:
    with running_rgw(folder / "rgw") as server:
        server.make_bucket("artifacts", versioned=True)
        overrides = {**QUICK, **server.environment, "ARTIFACT_S3_BUCKET": "artifacts"}
        with running_stack(folder, overrides) as stack:
            store = Victim("store", server.kill_rgw, server.start_rgw)
            yield stack, (Victim.of(stack, "artifacts"), Victim.of(stack, "validator"), store)


@pytest.mark.parametrize("system", [on_a_directory, on_s3])
def test_what_was_promised_is_kept(
    system: Callable[[Path], AbstractContextManager[tuple[Stack, Sequence[Victim]]]], tmp_path: Path
) -> None:
    dice = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    with system(tmp_path) as (stack, victims):
        with Load(stack.url) as load:
            load.wait_for_answers(3)
            killed: list[Killed] = []
            while len(killed) < KILLS:
                # Mostly what is running and at work; now and then what is just starting.
                if dice.random() < 0.7:
                    load.wait_for_answers(1)
                time.sleep(dice.uniform(0, 1))
                doomed = dice.sample(victims, 1 if dice.random() < 0.8 else 2)
                for each in doomed:
                    killed.append(Killed(each.name, time.monotonic()))
                    each.kill()
                for each in doomed:
                    each.start()
            load.wait_for_answers(3)
        by_name = dict(Counter(each.name for each in killed))
        print(f"\nkilled: {by_name}; {figures(load.sent)}; reads by status: {dict(load.reads)}")  # noqa: T201
        stack.wait_until_healthy()
        wait_until_handed_over(stack.url)
        check_everything_is_kept(stack.url, load.sent)

    assert {each.state for each in load.sent if each.status == 200} <= {"stored", "queued"}
    refused = [each for each in load.sent if each.status != 200]
    assert {each.status for each in refused} <= {503}
    absences = list(_absences([each.moment for each in killed if each.name == "validator"], load.sent))
    assert [
        each for each in refused if not any(each.began < back and each.ended > gone for gone, back in absences)
    ] == []


def _absences(kills: Sequence[float], sent: Sequence[Sent]) -> Iterator[tuple[float, float]]:
    """From each killing of the validator to the first answer that was asked for after it and given."""
    answered = sorted((each.began, each.ended) for each in sent if each.status == 200)
    for moment in kills:
        yield moment, min(ended for began, ended in answered if began > moment)
