"""How fast it goes: the rate that is told, the limit that is kept, the pauses between attempts."""

from services.modelstatus.download.bandwidth import Bandwidth
from services.modelstatus.download.rate import RateWindow
from services.modelstatus.download.retry import RetryPolicy


def test_no_rate_is_told_before_it_is_known() -> None:
    window = RateWindow()
    for now, received in ((0.0, 0), (1.9, 500)):
        window.sample(now, received)
        assert window.bytes_per_second() is None
    window.sample(2.0, 600)
    assert window.bytes_per_second() == 300


def test_the_rate_is_that_of_the_last_seconds() -> None:
    window = RateWindow(seconds=10)
    for second in range(100):
        window.sample(second, 1000 * min(second, 50) + 10 * max(0, second - 50))

    assert window.bytes_per_second() == 10


def test_a_standstill_has_no_rate() -> None:
    window = RateWindow(seconds=10)
    for second in range(30):
        window.sample(second, 5000)

    assert window.bytes_per_second() is None


def test_the_bandwidth_is_kept_and_not_saved_up() -> None:
    now = 0.0

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds

    bandwidth = Bandwidth(1000, clock=lambda: now, wait=wait)
    for _ in range(100):
        bandwidth.spend(100)
    assert 9.5 <= now <= 10
    now += 60
    began = now
    for _ in range(100):
        bandwidth.spend(100)
    assert 9.5 <= now - began <= 10


def test_pauses_are_random_and_bounded() -> None:
    policy = RetryPolicy(fruitless_attempts=5, first_seconds=1, most_seconds=8)

    for fruitless, bound in ((0, 1), (1, 2), (3, 8), (1000, 8)):
        pauses = [policy.pause(fruitless) for _ in range(200)]
        assert 0 <= min(pauses) < bound / 4
        assert bound * 3 / 4 < max(pauses) <= bound
