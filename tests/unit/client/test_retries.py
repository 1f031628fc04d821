from __future__ import annotations

import grpc
import pytest

from ttb_client.errors import TtbError
from ttb_client.retries import Budget

UNAVAILABLE = grpc.StatusCode.UNAVAILABLE
EXHAUSTED = grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize(
    ("error", "backoff"),
    [
        (TtbError(UNAVAILABLE, "UNREACHABLE", ""), True),
        (TtbError(UNAVAILABLE, "UNAVAILABLE", ""), True),
        (TtbError(UNAVAILABLE, "BACKEND_UNAVAILABLE", ""), False),
        (TtbError(UNAVAILABLE, "MODEL_NOT_READY", "", retry_after=3), False),
        (TtbError(EXHAUSTED, "QUEUE_FULL", "", retry_after=3), 3),
        (TtbError(EXHAUSTED, "QUEUE_FULL", "", retry_after=30), False),
        (TtbError(EXHAUSTED, "RESOURCE_EXHAUSTED", ""), False),
        (TtbError(grpc.StatusCode.INVALID_ARGUMENT, "NOT_AN_IMAGE", "", retry_after=1), False),
        (ValueError(), False),
    ],
)
def test_what_is_worth_another_attempt(error: Exception, backoff: bool | float) -> None:
    assert Budget(10).backoff(error) == backoff


def test_the_time_is_for_all_attempts_together() -> None:
    now = 100.0
    budget = Budget(10, lambda: now)
    now = 109.5
    assert budget.remaining() == 0.5
    assert budget.backoff(TtbError(UNAVAILABLE, "UNREACHABLE", "")) is False
    now = 111
    assert budget.remaining() == 0
