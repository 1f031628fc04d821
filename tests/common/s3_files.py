"""A folder served as an S3 bucket, for reading: HEAD, GET, `Range`, `If-Match`, S3's XML errors.

It stands for an S3 server that misbehaves on demand and counts what it is asked, which the usual test servers do not.
It checks no signature and knows nothing else of S3; where no fault is needed, tests use moto's server.
"""

from __future__ import annotations

import re
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Fault(Enum):
    """How one answer goes wrong."""

    RESET = auto()
    """Half of the bytes, then a connection reset."""
    TRUNCATED = auto()
    """Half of the bytes, then the end."""
    UNAVAILABLE = auto()
    DENIED = auto()
    CORRUPT = auto()
    """As many bytes as there should be, some of them others."""
    SILENT = auto()
    """Half of the bytes, then nothing for as long as the client waits."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One GET: its number from 0, the object's key, the range in bytes (end exclusive), its `If-Match`."""

    number: int
    key: str
    start: int
    end: int
    if_match: str = ""


class S3Files(ThreadingHTTPServer):
    """Serves the files below `root` as the bucket `models`. `fault` decides how each GET is answered."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root = root
        self.fault: Callable[[Asked], Fault | None] = lambda _: None
        self.bytes_per_second = 0.0
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def note(self, key: str, start: int, end: int, if_match: str) -> Asked:
        with self._lock:
            asked = Asked(len(self.asked), key, start, end, if_match)
            self.asked.append(asked)
        return asked

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: S3Files
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, *, body: bool) -> None:
        _, bucket, key = (unquote(urlsplit(self.path).path) + "//").split("/", 2)
        key = key.rstrip("/")
        path = self.server.root / key
        if bucket != "models":
            return self._refuse(404, "NoSuchBucket")
        try:
            file = path.open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return self._refuse(404, "NoSuchKey")
        with file:
            size, etag = path.stat().st_size, f'"{path.stat().st_mtime_ns:x}-{path.stat().st_size:x}"'
            if self.headers.get("If-Match", etag) != etag:
                return self._refuse(412, "PreconditionFailed")
            asked_range = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            start, end = (int(asked_range[1]), min(int(asked_range[2]) + 1, size)) if asked_range else (0, size)
            if start > end or (asked_range and start >= size):
                return self._refuse(416, "InvalidRange")
            asked = self.server.note(key, start, end, self.headers.get("If-Match", "")) if body else None
            fault = self.server.fault(asked) if asked else None
            if fault is Fault.UNAVAILABLE:
                return self._refuse(503, "SlowDown")
            if fault is Fault.DENIED:
                return self._refuse(403, "AccessDenied")
            self.send_response(206 if asked_range else 200)
            self.send_header("ETag", etag)
            self.send_header("Content-Length", str(end - start))
            self.send_header("Last-Modified", self.date_time_string(int(path.stat().st_mtime)))
            if asked_range:
                self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
            self.end_headers()
            if body:
                file.seek(start)
                self._send(file.read(end - start), fault)
        return None

    def _send(self, data: bytes, fault: Fault | None) -> None:
        if fault is Fault.CORRUPT:
            data = bytes(255 - byte for byte in data[:1000]) + data[1000:]
        elif fault:
            data = data[: len(data) // 2]
        step = 65536 if self.server.bytes_per_second else len(data) or 1
        for start in range(0, len(data), step):
            self.wfile.write(data[start : start + step])
            if self.server.bytes_per_second:
                time.sleep(step / self.server.bytes_per_second)
        if fault is Fault.SILENT:
            self.server.closing.wait(60)
        if fault is Fault.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
        if fault and fault is not Fault.CORRUPT:
            self.close_connection = True

    def _refuse(self, status: int, code: str) -> None:
        data = f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output clean."""


def main() -> None:
    """Serve a folder until killed, without faults; prints the address. Its own process, where speed is measured."""
    with S3Files(Path(sys.argv[1])) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        server.serve_forever()


@contextmanager
def s3_files(root: Path) -> Iterator[S3Files]:
    """The server, running."""
    with S3Files(root) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    main()
