"""A server that speaks as Ollama does, in its own process: `python -m tests.common.ollama_server STORE [LIBRARY]`.

No real model runs. What it lists comes from the model store on the disk, so that what an installer did is really seen;
what it pulls comes from a second store, the library. How it misbehaves is set when it is started, and later by
`OllamaProcess.behave`. It prints its port on standard output.
"""

from __future__ import annotations

import hashlib
import json
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

VERSION = "0.12.6"
_MANIFESTS = Path("manifests/registry.ollama.ai/library")
_DETAILS = {"parent_model": "", "format": "gguf", "family": "mllama", "families": ["mllama"], "parameter_size": "10.7B"}
_PIECES = 20


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the server answers. Without anything set, it answers as it should."""

    answer: str = ""
    """What the model writes."""
    status: int = 200
    """Status of /api/generate, /api/chat and /api/pull: 404 and 500 come with Ollama's error body."""
    seconds: float = 0.0
    """Time before the model's answer, and that a pull takes."""
    body: str | None = None
    """Sent as it is, instead of the JSON of /api/generate and /api/chat: not JSON, nothing, cut off."""
    done_reason: str = "stop"
    """`length` when the model's answer was cut off."""
    cut_stream: bool = False
    """A pull's stream ends in the middle, without a word, once."""
    stream_error: str = ""
    """A pull ends with this error inside its stream, once."""


@dataclass(frozen=True, slots=True)
class Answering:
    """What the model is doing: answers being made now, the most so far, and clients that left before theirs."""

    now: int = 0
    most: int = 0
    left: int = 0


class OllamaServer(ThreadingHTTPServer):
    """The server of `store`; what is pulled is taken from `library`."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, store: Path, library: Path | None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.store = store
        self.offered = library
        self.behaviour = Behaviour()
        self.asked: list[tuple[str, Any]] = []
        self.answering = Answering()
        self.lock = threading.Lock()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""

    def fault_once(self) -> Behaviour:
        """The behaviour now; what happens only once is over then."""
        with self.lock:
            now = self.behaviour
            self.behaviour = replace(now, cut_stream=False, stream_error="")
        return now

    def begin_answer(self) -> None:
        with self.lock:
            now = self.answering.now + 1
            self.answering = replace(self.answering, now=now, most=max(now, self.answering.most))

    def end_answer(self, *, left: bool) -> None:
        with self.lock:
            self.answering = replace(self.answering, now=self.answering.now - 1, left=self.answering.left + left)

    def listed(self) -> list[dict[str, Any]]:
        """The models of the store; as with Ollama, one whose config layer is missing is not listed."""
        models = []
        for path in sorted((self.store / _MANIFESTS).glob("*/*")):
            content = path.read_bytes()
            manifest = json.loads(content)
            if not _blob(self.store, manifest["config"]["digest"]).exists():
                continue
            layers = {layer["digest"]: layer["size"] for layer in (manifest["config"], *manifest["layers"])}
            name = f"{path.parent.name}:{path.name}"
            modified = time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime(path.stat().st_mtime))
            digest = hashlib.sha256(content).hexdigest()
            models.append(
                {"name": name, "model": name, "modified_at": modified, "size": sum(layers.values()), "digest": digest}
                | {"details": _DETAILS}
            )
        return models

    def has(self, model: str) -> bool:
        return any(listed["model"] == _tagged(model) for listed in self.listed())


class _Handler(BaseHTTPRequestHandler):
    server: OllamaServer

    def do_GET(self) -> None:
        if self.path == "/api/tags":
            self._send({"models": self.server.listed()})
        elif self.path == "/api/version":
            self._send({"version": VERSION})
        elif self.path == "/_asked":
            self._send(self.server.asked)
        elif self.path == "/_answering":
            self._send(asdict(self.server.answering))
        elif self.path == "/":
            self._send_bytes(200, b"Ollama is running", "text/plain; charset=utf-8")
        else:
            self._send_bytes(404, b"404 page not found", "text/plain")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path == "/_behave":
            self.server.behaviour = Behaviour(**asked)
            return self._send({})
        self.server.asked.append((self.path, asked))
        if self.path == "/api/pull":
            return self._pull(asked)
        if not self.server.has(asked["model"]):
            return self._send({"error": f"model '{asked['model']}' not found"}, 404)
        if self.path == "/api/show":
            return self._send({"details": _DETAILS, "model_info": {}, "capabilities": ["completion", "vision"]})
        return self._generate(asked, chat=self.path == "/api/chat")

    def _generate(self, asked: dict[str, Any], *, chat: bool) -> None:
        now = self.server.behaviour
        self.server.begin_answer()
        # Like the real one, it stops when its client leaves.
        left = bool(select.select([self.connection], [], [], now.seconds)[0])
        self.server.end_answer(left=left)
        if left:
            return None
        if now.status != 200:
            return self._send({"error": "the model runner has stopped"}, now.status)
        if now.body is not None:
            return self._send_bytes(200, now.body.encode(), "application/json; charset=utf-8")
        answer: dict[str, Any] = {"model": asked["model"], "created_at": "2026-01-01T00:00:00.000000000Z"}
        answer |= {"message": {"role": "assistant", "content": now.answer}} if chat else {"response": now.answer}
        answer |= {"done": True, "done_reason": now.done_reason, "total_duration": int(now.seconds * 1e9)}
        return self._send(answer)

    def _pull(self, asked: dict[str, Any]) -> None:
        now = self.server.fault_once()
        if now.status != 200:
            return self._send({"error": "the server is not well"}, now.status)
        self.send_response(200)
        self.send_header("content-type", "application/x-ndjson")
        self.end_headers()
        name = _tagged(asked["model"])
        source = self.server.offered and self.server.offered / _MANIFESTS / name.replace(":", "/")
        self._tell(status="pulling manifest")
        if not source or not source.exists():
            return self._tell(error="pull model manifest: file does not exist")
        manifest = json.loads(source.read_bytes())
        for layer in (*manifest["layers"], manifest["config"]):
            if not self._pull_layer(layer, now):
                return None
        self._tell(status="verifying sha256 digest")
        self._tell(status="writing manifest")
        target = self.server.store / _MANIFESTS / name.replace(":", "/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return self._tell(status="success")

    def _pull_layer(self, layer: dict[str, Any], now: Behaviour) -> bool:
        digest, total = layer["digest"], layer["size"]
        told = {"status": f"pulling {digest[7:19]}", "digest": digest, "total": total}
        self._tell(**told)
        for piece in range(1, _PIECES + 1):
            time.sleep(now.seconds / _PIECES)
            self._tell(**told, completed=total * piece // _PIECES)
            if piece == _PIECES // 2 and now.stream_error:
                self._tell(error=now.stream_error)
                return False
            if piece == _PIECES // 2 and now.cut_stream:
                return False
        assert self.server.offered
        target = _blob(self.server.store, digest)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(_blob(self.server.offered, digest), target)
        return True

    def _tell(self, **message: Any) -> None:
        self.wfile.write(json.dumps(message).encode() + b"\n")

    def _send(self, body: object, status: int = 200) -> None:
        self._send_bytes(status, json.dumps(body).encode(), "application/json; charset=utf-8")

    def _send_bytes(self, status: int, data: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep standard error for faults."""


def _tagged(model: str) -> str:
    return model if ":" in model else f"{model}:latest"


def _blob(store: Path, digest: str) -> Path:
    return store / "blobs" / digest.replace(":", "-")


@dataclass(frozen=True, slots=True)
class OllamaProcess:
    """The running server, from the test's side."""

    url: str
    process: subprocess.Popen[str] = field(repr=False)

    def behave(self, behaviour: Behaviour) -> None:
        """Answer so from now on."""
        data = json.dumps(asdict(behaviour)).encode()
        urlopen(Request(f"{self.url}/_behave", data=data), timeout=5).close()

    def asked(self, path: str) -> list[Any]:
        """The JSON of every POST to this path so far."""
        with urlopen(f"{self.url}/_asked", timeout=5) as answer:
            return [body for asked_path, body in json.load(answer) if asked_path == path]

    def answering(self) -> Answering:
        """What the model is doing."""
        with urlopen(f"{self.url}/_answering", timeout=5) as answer:
            return Answering(**json.load(answer))

    def stop(self) -> None:
        """End it; connections are refused then."""
        self.process.terminate()
        self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


@contextmanager
def ollama_server(store: Path, library: Path | None = None) -> Iterator[OllamaProcess]:
    """The server of `store`, running."""
    command = [sys.executable, "-m", "tests.common.ollama_server", str(store), *([str(library)] if library else [])]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    server = OllamaProcess(f"http://127.0.0.1:{int(process.stdout.readline())}", process)
    try:
        yield server
    finally:
        server.stop()


def main() -> None:
    """Serve until killed."""
    store, *library = (Path(path) for path in sys.argv[1:])
    with OllamaServer(store, library[0] if library else None) as server:
        sys.stdout.write(f"{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()


if __name__ == "__main__":
    main()
