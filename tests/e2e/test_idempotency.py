"""An `Idempotency-Key` over REST: a request that is sent again, even at once, makes one artifact."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.common.drawn import drawn, file
from tests.common.stack import Stack

IMAGE = file(drawn("750 ML"))
FORM = {"save_artifact": "true", "ocr_backend": "tesseract"}


def verify(stack: Stack, key: str) -> httpx.Response:
    headers = {"Idempotency-Key": key}
    return httpx.post(f"{stack.url}/verify", data=FORM, files={"file": IMAGE}, headers=headers, timeout=120)


def test_a_repeated_request_is_one_artifact(stack: Stack) -> None:
    key = str(uuid.uuid4())
    with ThreadPoolExecutor(2) as executor:
        answers = [each.raise_for_status().json() for each in executor.map(lambda _: verify(stack, key), range(2))]
    answers.append(verify(stack, key).raise_for_status().json())
    assert len({answer["artifact"]["id"] for answer in answers}) == 1
    assert len({answer["request_id"] for answer in answers}) == 3
    other = verify(stack, str(uuid.uuid4())).raise_for_status().json()
    assert other["artifact"]["id"] != answers[0]["artifact"]["id"]


def test_a_key_that_is_too_long_is_named(stack: Stack) -> None:
    refused = verify(stack, "x" * 256)
    assert refused.status_code == httpx.codes.BAD_REQUEST
    assert refused.json()["message"].startswith("Idempotency-Key: ")
