"""Load that saves artifacts, and what must hold of every artifact once the system has come to rest.

The labels are tiny, so that saving is a large part of the work.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from tests.common.drawn import drawn, file

# A second look costs four times the first, and saves nothing.
QUICK = {"VALIDATOR_SECOND_LOOK_ROUNDS": "0"}

_SECONDS = 60
_PAUSE_SECONDS = 0.2
# The artifacts service or its store is not there, or hangs.
_AWAY = (503, 504)
_FORM = {"save_artifact": "true", "ocr_backend": "tesseract"}


@dataclass(frozen=True)
class Sent:
    """One verification: when it began and ended (monotonic seconds), what was sent, and what came back."""

    began: float
    ended: float
    image_sha256: str
    status: int
    body: dict[str, Any]

    @property
    def state(self) -> str:
        return str(self.body["artifact"]["state"])

    @property
    def artifact(self) -> str:
        return str(self.body["artifact"]["id"])


class Load:
    """Clients that verify and save labels, no two alike, one after the other; and a reader of what is kept.

    The reader fails the block when it meets an artifact that is listed and cannot be read whole.
    """

    def __init__(self, url: str, *, clients: int = 3) -> None:
        self._url = url
        self._clients = clients
        self._stopped = threading.Event()
        self._pool = ThreadPoolExecutor(clients + 1)
        self._running: list[Future[None]] = []
        self._sent: list[Sent] = []
        self._numbers = itertools.count()
        self.reads: Counter[int] = Counter()
        """Answers to the reader, by status."""

    def __enter__(self) -> Self:
        self._running = [self._pool.submit(self._verify) for _ in range(self._clients)]
        self._running.append(self._pool.submit(self._read))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._stopped.set()
        self._pool.shutdown()
        if error is None:
            for each in self._running:
                each.result()

    @property
    def sent(self) -> Sequence[Sent]:
        """Every verification that was answered until now, whatever the answer."""
        return tuple(self._sent)

    def wait_for_answers(self, count: int, *, seconds: float = 90) -> None:
        """Return when so many verifications that begin from now on succeeded."""
        begin, known, end = time.monotonic(), len(self._sent), time.monotonic() + seconds
        while sum(each.began > begin and each.status == 200 for each in self._sent[known:]) < count:
            assert time.monotonic() < end, f"no verification succeeds any more: {self._sent[-3:]}"
            for each in self._running:
                if each.done():
                    each.result()
            time.sleep(0.02)

    def _verify(self) -> None:
        with httpx.Client(base_url=self._url, timeout=_SECONDS) as client:
            while not self._stopped.is_set():
                image = file(drawn(f"LOT {next(self._numbers)}", size=16, width=160))
                began = time.monotonic()
                answer = client.post("/verify", data=_FORM, files={"file": ("label.png", image)})
                digest = hashlib.sha256(image).hexdigest()
                self._sent.append(Sent(began, time.monotonic(), digest, answer.status_code, answer.json()))
                if answer.status_code != 200:
                    self._stopped.wait(_PAUSE_SECONDS)

    def _read(self) -> None:
        with httpx.Client(base_url=self._url, timeout=_SECONDS) as client:
            while not self._stopped.wait(0.1):
                listed = client.get("/artifacts", params={"page_size": 3})
                self.reads[listed.status_code] += 1
                if listed.status_code != 200:
                    assert listed.status_code in _AWAY, listed.text
                    continue
                assert listed.json()["damaged"] == []
                for each in listed.json()["artifacts"]:
                    for path in ("", "/image"):
                        read = client.get(f"/artifacts/{each['request_id']}{path}")
                        self.reads[read.status_code] += 1
                        assert read.status_code in (200, *_AWAY), read.text


def wait_until_handed_over(url: str, *, seconds: float = 120) -> None:
    """Return when the spool is empty; fail when it set something aside."""
    end = time.monotonic() + seconds
    while (health := httpx.get(f"{url}/health", timeout=10).json()["artifacts"])["spool_depth"]:
        assert time.monotonic() < end, health
        time.sleep(0.1)
    assert health["spool_rejected"] == 0


def check_everything_is_kept(url: str, sent: Sequence[Sent]) -> None:
    """Every artifact that was promised is there as it was answered, and whatever is listed reads whole.

    The service compares the SHA-256 of whatever it reads.
    """
    with httpx.Client(base_url=url, timeout=_SECONDS) as client:
        listed = _listed(client)
        for each in sent:
            if each.status != 200:
                continue
            assert each.artifact in listed, f"{each.state} and lost: {each.artifact}"
            result = client.get(f"/artifacts/{each.artifact}").raise_for_status().json()["validation_result"]
            answered = {name: value for name, value in each.body.items() if name != "artifact"}
            assert {name: result[name] for name in answered} == answered
            image = client.get(f"/artifacts/{each.artifact}/image").raise_for_status().content
            assert hashlib.sha256(image).hexdigest() == each.image_sha256
        # Verifications that were killed before their answer may have been kept.
        for identifier in listed - {each.artifact for each in sent if each.status == 200}:
            client.get(f"/artifacts/{identifier}").raise_for_status()
            client.get(f"/artifacts/{identifier}/image").raise_for_status()


def figures(sent: Sequence[Sent]) -> str:
    """How often each state of an artifact was answered, and each error."""
    counts = Counter(each.state if each.status == 200 else f"{each.status} {each.body['message']}" for each in sent)
    return f"{len(sent)} verifications: " + ", ".join(f"{count} {answer}" for answer, count in counts.most_common())


def _listed(client: httpx.Client) -> set[str]:
    ids: list[str] = []
    token: str | None = ""
    while token is not None:
        page = client.get("/artifacts", params={"page_size": 1000, "page_token": token}).raise_for_status().json()
        assert page["damaged"] == []
        ids += [each["request_id"] for each in page["artifacts"]]
        token = page["next_page_token"] or None
    assert len(ids) == len(set(ids))
    # The first 48 bits of an id are its milliseconds.
    moments = [each[:13] for each in ids]
    assert moments == sorted(moments, reverse=True)
    return set(ids)
