"""A real validator process with its real spool, against an artifacts service that is away, refuses or hangs."""

from __future__ import annotations

import asyncio
import json

import grpc
import httpx
import pytest

from services.common.errors import Reason, TtbError
from services.common.status import from_rpc_error
from tests.integration.validator.conftest import System
from tests.integration.validator.stubs import until

STORED, QUEUED, FAILED = 1, 2, 3


async def test_what_was_checked_is_kept(system: System) -> None:
    async with system.artifacts_there():
        system.start()
        answer = await system.verify(image=b"the image")
        assert (answer.artifact.id, answer.artifact.state) == (answer.request_id, STORED)
        saved = system.artifacts.saved[0]
        assert saved.metadata.client_ip == "203.0.113.7"
        assert [(image.content, image.image_format) for image in saved.images] == [(b"the image", "png")]
        assert json.loads(saved.validation_result)["request_id"] == answer.request_id
        assert json.loads(saved.extracted_text)["pages"][0]["lines"][0]["text"] == "STONE'S THROW"


async def test_nothing_is_kept_that_was_not_asked_for(system: System) -> None:
    async with system.artifacts_there():
        system.start()
        for save in (None, False):
            assert not (await system.verify(save=save)).HasField("artifact")
        await system.verify()
        assert len(system.artifacts.saved) == 1


async def test_the_default_is_a_setting_and_storage_can_be_off(system: System) -> None:
    async with system.artifacts_there():
        system.start(ARTIFACT_DEFAULT_SAVE="true", ARTIFACT_STORAGE_ENABLED="false")
        answer = await system.verify(save=None)
        assert (answer.artifact.state, "ARTIFACT_STORAGE_ENABLED" in answer.artifact.reason) == (FAILED, True)
        health = await system.health()
        assert (health.enabled, "ARTIFACT_STORAGE_ENABLED" in health.reason) == (False, True)
        assert not system.artifacts.called


async def test_a_kill_between_queued_and_hand_over_loses_nothing_and_doubles_nothing(system: System) -> None:
    system.start()
    answers = [await system.verify(image=f"image {number}".encode()) for number in range(3)]
    assert {answer.artifact.state for answer in answers} == {QUEUED}
    assert await system.waits(answers[0].artifact.id)
    health = await system.health()
    assert (health.spool_depth, health.available, "does not answer" in health.reason) == (3, False, True)
    system.kill()
    async with system.artifacts_there():
        system.start()
        await until(system.empty)
        assert not await system.waits(answers[0].artifact.id)
        assert sorted(system.artifacts.ids()) == [answer.artifact.id for answer in answers]


async def test_a_kill_during_the_hand_over_repeats_it(system: System) -> None:
    async with system.artifacts_there():
        system.artifacts.gate.clear()
        system.start(VALIDATOR_ARTIFACT_WAIT_SECONDS="0")
        answer = await system.verify()
        assert answer.artifact.state == QUEUED
        await until(lambda: system.artifacts.called == 1)
        system.kill()
        system.artifacts.gate.set()
        system.start()
        await until(system.empty)
        assert set(system.artifacts.ids()) == {answer.artifact.id}


async def test_an_outage_under_load_fails_nothing(system: System) -> None:
    system.start()
    async with system.artifacts_there():
        before = await asyncio.gather(*(system.verify() for _ in range(5)))
    during = await asyncio.gather(*(system.verify() for _ in range(10)))
    async with system.artifacts_there():
        await until(system.empty)
        after = await system.verify()
        assert {answer.artifact.state for answer in during} <= {QUEUED}
        assert after.artifact.state == STORED
        assert {answer.artifact.id for answer in (*before, *during, after)} == set(system.artifacts.ids())


async def test_a_refusal_is_told_and_set_aside(system: System) -> None:
    async with system.artifacts_there():
        system.artifacts.error = TtbError(Reason.INVALID_FIELD, "metadata: is wrong")
        system.start()
        answer = await system.verify()
        assert (answer.artifact.state, "metadata: is wrong" in answer.artifact.reason) == (FAILED, True)
        await until((system.spool / "rejected" / f"{answer.artifact.id}.record").exists)
        await until(system.empty)
        assert (await system.health()).spool_rejected == 1


async def test_storage_that_is_off_there_is_waited_for(system: System) -> None:
    async with system.artifacts_there():
        system.artifacts.error = TtbError(Reason.STORAGE_DISABLED, "Nothing new is kept.")
        system.start()
        answer = await system.verify()
        assert answer.artifact.state == QUEUED
        system.artifacts.error = None
        await until(system.empty)
        assert system.artifacts.ids() == [answer.artifact.id]


async def test_a_deleted_artifact_stays_deleted(system: System) -> None:
    async with system.artifacts_there():
        system.artifacts.error = TtbError(Reason.ARTIFACT_DELETED, "It was deleted.")
        system.start()
        assert (await system.verify()).artifact.state == FAILED
        await until(system.empty)
        assert (await system.health()).spool_rejected == 0


async def test_the_same_key_and_request_at_once_is_one_artifact(system: System) -> None:
    async with system.artifacts_there():
        system.start()
        system.ocr.gate.clear()
        asked = [asyncio.ensure_future(system.verify("a key")) for _ in range(3)]
        await until(lambda: system.ocr.readings == 3)
        system.ocr.gate.set()
        answers = [*await asyncio.gather(*asked), await system.verify("a key")]
        assert len({answer.artifact.id for answer in answers}) == 1
        assert len({answer.request_id for answer in answers}) == 4
        assert system.artifacts.ids() == [answers[0].artifact.id]
        assert (await system.verify("a key", image=b"another")).artifact.id != answers[0].artifact.id


async def test_a_repeated_request_after_a_kill_is_still_the_same_artifact(system: System) -> None:
    system.start()
    first = await system.verify("a key")
    system.kill()
    system.start()
    assert (await system.verify("a key")).artifact == first.artifact


async def test_a_bad_key_is_named(system: System) -> None:
    system.start()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await system.verify("x" * 256)
    told = from_rpc_error(caught.value)
    assert told is not None
    assert [each.field for each in told.violations] == ["Idempotency-Key"]
    assert not system.ocr.readings


async def test_the_spool_is_measured(system: System) -> None:
    system.start()
    await system.verify()
    async with httpx.AsyncClient() as client:
        metrics = (await client.get(f"http://127.0.0.1:{system.validator_port + 10000}/metrics")).text
    values = dict(line.rsplit(" ", 1) for line in metrics.splitlines() if line.startswith("ttb_"))
    assert values["ttb_spool_records"] == "1.0"
    assert float(values["ttb_spool_bytes"]) > 1000
    assert float(values["ttb_spool_oldest_seconds"]) > 0
    assert float(values['ttb_artifact_handovers_total{outcome="away"}']) >= 1


async def test_a_second_validator_on_the_same_spool_does_not_start(system: System) -> None:
    system.start()
    other = await asyncio.to_thread(system.run, VALIDATOR_PORT="0")
    assert other.returncode == 1
    assert "VALIDATOR_SPOOL_DIRECTORY" in other.stderr
    assert "Traceback" not in other.stderr


async def test_drain_empties_the_spool_of_a_stopped_validator(system: System) -> None:
    system.start()
    answers = [await system.verify() for _ in range(2)]
    busy = await asyncio.to_thread(system.run, "drain")
    assert (busy.returncode, "another process" in busy.stderr) == (1, True)
    assert await asyncio.to_thread(system.terminate) == 0
    in_vain = await asyncio.to_thread(system.run, "drain", "--timeout", "0.5")
    assert (in_vain.returncode, "2 records wait" in in_vain.stderr) == (1, True)
    async with system.artifacts_there():
        done = await asyncio.to_thread(system.run, "drain")
    assert (done.returncode, "0 records wait" in done.stderr) == (0, True), done.stderr
    assert sorted(system.artifacts.ids()) == [answer.artifact.id for answer in answers]
