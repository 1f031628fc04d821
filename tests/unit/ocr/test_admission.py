import asyncio

import pytest

from services.common.errors import Reason, TtbError
from services.ocr.admission import Admission, Priority, Ticket


async def work(name: str, ticket: Ticket, order: list[str]) -> None:
    async with ticket:
        order.append(name)
        await asyncio.sleep(0)


async def test_interactive_work_goes_before_batch_work_that_waits() -> None:
    admission = Admission(slots=1, waiting=10)
    order: list[str] = []
    arrivals = [
        ("busy", Priority.BATCH),
        ("batch 1", Priority.BATCH),
        ("batch 2", Priority.BATCH),
        ("interactive 1", Priority.INTERACTIVE),
        ("interactive 2", Priority.INTERACTIVE),
    ]
    tickets = [(name, admission.enter(priority)[0]) for name, priority in arrivals]

    await asyncio.gather(*(work(name, ticket, order) for name, ticket in tickets))

    assert order == ["busy", "interactive 1", "interactive 2", "batch 1", "batch 2"]


async def test_a_full_queue_refuses_and_says_when_to_come_back() -> None:
    admission = Admission(slots=1, waiting=1)
    busy, waiting = admission.enter(Priority.INTERACTIVE)[0], admission.enter(Priority.BATCH)[0]

    with pytest.raises(TtbError) as refusal:
        admission.enter(Priority.INTERACTIVE)
    assert refusal.value.reason is Reason.QUEUE_FULL
    assert refusal.value.retry_after_seconds

    busy.give_back()
    async with waiting:
        assert admission.waiting == 0


async def test_all_tickets_of_one_request_or_none() -> None:
    admission = Admission(slots=1, waiting=2)
    admission.enter(Priority.INTERACTIVE, 2)

    with pytest.raises(TtbError):
        admission.enter(Priority.INTERACTIVE, 2)

    assert admission.waiting == 1


async def test_who_stops_waiting_leaves_the_queue() -> None:
    admission = Admission(slots=1, waiting=1)
    busy = admission.enter(Priority.INTERACTIVE)[0]
    order: list[str] = []
    impatient = asyncio.create_task(work("impatient", admission.enter(Priority.INTERACTIVE)[0], order))
    await asyncio.sleep(0)

    impatient.cancel()
    await asyncio.gather(impatient, return_exceptions=True)

    assert admission.waiting == 0
    next_one = admission.enter(Priority.BATCH)[0]
    busy.give_back()
    busy.give_back()
    await work("next", next_one, order)
    assert order == ["next"]
    assert admission.free == 1
