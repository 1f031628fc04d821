from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.client.stub_gateway import StubGateway, running_gateway
from ttb_client.cli.main import main


@dataclass(frozen=True)
class Outcome:
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubGateway]:
    """A gateway that `ttb` finds by its environment."""
    with running_gateway() as stub:
        monkeypatch.setenv("TTB_URL", stub.url)
        yield stub


@pytest.fixture
def image(tmp_path: Path) -> Path:
    path = tmp_path / "front.png"
    path.write_bytes(b"a picture")
    return path


@pytest.fixture
def ttb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(*arguments: str | Path) -> Outcome:
        with pytest.raises(SystemExit) as caught:
            main([str(each) for each in arguments])
        captured = capsys.readouterr()
        return Outcome(int(caught.value.code or 0), captured.out, captured.err)

    return run
