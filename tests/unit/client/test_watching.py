from __future__ import annotations

import grpc
import pytest

from ttb_client.errors import TtbError
from ttb_client.watching import Patience

AWAY = TtbError(grpc.StatusCode.UNAVAILABLE, "UNREACHABLE", "")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_waits_grow_to_a_limit_and_begin_anew_with_news(clock: Clock) -> None:
    patience = Patience(1000, 1000, clock)
    waits = [patience.wait(AWAY) for _ in range(8)]
    for wait, least in zip(waits, [0.25, 0.5, 1, 2, 4, 5, 5, 5], strict=True):
        assert least <= wait <= least * 1.5
    patience.heard()
    assert patience.wait(AWAY) < 0.5


def test_the_wait_that_the_server_asks_for_is_kept(clock: Clock) -> None:
    busy = TtbError(grpc.StatusCode.RESOURCE_EXHAUSTED, "QUEUE_FULL", "", retry_after=10)
    assert 10 <= Patience(1000, 1000, clock).wait(busy) <= 15


def test_it_ends_sooner_when_nothing_was_ever_heard(clock: Clock) -> None:
    never, once = Patience(10, 120, clock), Patience(10, 120, clock)
    once.heard()
    clock.now = 11
    with pytest.raises(TtbError):
        never.wait(AWAY)
    once.wait(AWAY)
    clock.now = 121
    with pytest.raises(TtbError):
        once.wait(AWAY)


@pytest.mark.parametrize(
    ("code", "passes"),
    [
        (grpc.StatusCode.UNAVAILABLE, True),
        (grpc.StatusCode.INTERNAL, True),
        (grpc.StatusCode.UNKNOWN, True),
        (grpc.StatusCode.INVALID_ARGUMENT, False),
        (grpc.StatusCode.UNAUTHENTICATED, False),
        (grpc.StatusCode.UNIMPLEMENTED, False),
        (grpc.StatusCode.CANCELLED, False),
    ],
)
def test_what_a_restart_looks_like_is_tried_again(clock: Clock, code: grpc.StatusCode, passes: bool) -> None:
    patience = Patience(10, 10, clock)
    if passes:
        assert patience.wait(TtbError(code, code.name, ""))
        return
    with pytest.raises(TtbError) as caught:
        patience.wait(TtbError(code, code.name, ""))
    assert caught.value.code is code
