"""The spool's state for Prometheus."""

from __future__ import annotations

from collections.abc import Callable

import uuid_utils
from prometheus_client import Gauge

from services.validator.saving.spool import Spool, Usage

RECORDS = Gauge("ttb_spool_records", "Artifacts that wait in the spool.")
BYTES = Gauge("ttb_spool_bytes", "Bytes in the spool, rejected records included.")
CAPACITY = Gauge("ttb_spool_capacity_bytes", "Bytes that the spool may hold.")
REJECTED = Gauge("ttb_spool_rejected_records", "Artifacts that were refused for good and lie in the spool.")
OLDEST = Gauge("ttb_spool_oldest_seconds", "Age of the artifact that waits longest; 0 when none waits.")


def oldest_seconds(usage: Usage, now: float) -> float:
    """Age of the oldest record at the Unix time `now`: its id holds the time of its making."""
    return max(0.0, now - uuid_utils.UUID(usage.oldest).timestamp / 1000) if usage.oldest else 0.0


def show(spool: Spool, clock: Callable[[], float]) -> None:
    """Have the gauges tell of this spool. `clock` gives the Unix time in seconds."""
    RECORDS.set_function(lambda: spool.usage().waiting)
    BYTES.set_function(lambda: spool.usage().bytes)
    CAPACITY.set_function(lambda: spool.usage().capacity)
    REJECTED.set_function(lambda: spool.usage().rejected)
    OLDEST.set_function(lambda: oldest_seconds(spool.usage(), clock()))
