"""Where `ttb` writes: the answer to stdout, and everything else to stderr."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NoReturn

from google.protobuf.message import Message
from rich.console import Console, RenderableType
from rich.text import Text

from ttb_client.cli.exits import ExitCode
from ttb_client.plain import to_json

# Wider lines are hard to read; a pipe has no width of its own.
WIDTH = 100


class _Console(Console):
    """A console whose reader may leave: rich would exit with 1, which means a failed label here."""

    def on_broken_pipe(self) -> NoReturn:
        """End quietly, also when Python flushes stdout at its own end."""
        _nobody_reads()


def _nobody_reads() -> NoReturn:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(ExitCode.NOBODY_READS)


def _console(*, stderr: bool = False) -> Console:
    console = _Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    width = console.width if console.is_terminal or "COLUMNS" in os.environ else WIDTH
    console.width = min(width, WIDTH)
    return console


def show(answer: RenderableType, *, error: bool = False) -> None:
    """Write an answer for people; with `error`, what they need to see before they can get one."""
    _console(stderr=error).print(answer)


def coloured() -> bool:
    """Whether what `show` writes is seen in colour."""
    console = _console()
    return console.color_system is not None and not console.no_color


def show_line(line: str) -> None:
    """Write an answer of one line, for people and scripts: it is never broken."""
    _console().out(line, highlight=False)


def show_cut(row: Text) -> None:
    """Write one row of a long answer; what is too wide is cut off."""
    _console().print(row, no_wrap=True, overflow="ellipsis")


def show_bytes(content: bytes) -> None:
    """Write an answer that is no text."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _nobody_reads()


def show_json(answer: Message | Sequence[Message]) -> None:
    """Write an answer, or the messages of a stream, as the REST API gives it."""
    console = _console()
    plain = to_json(answer) if isinstance(answer, Message) else [to_json(message) for message in answer]
    text = json.dumps(plain, indent=2, ensure_ascii=console.encoding.lower() != "utf-8")
    console.out(text, highlight=False)


def complain(message: str) -> None:
    """Write one line for people on stderr, in red on a terminal, however long it is."""
    _console(stderr=True).print(Text.assemble(("ttb: ", "bold red"), printable(message)), soft_wrap=True)


def note(message: str) -> None:
    """Write one line on stderr that is good to know."""
    _console(stderr=True).print(Text(f"ttb: {printable(message)}", style="dim"), soft_wrap=True)


def person() -> Console | None:
    """Stderr, when a person is there to see what moves on it."""
    console = _console(stderr=True)
    return console if console.is_terminal else None


@contextlib.contextmanager
def waiting(what: str) -> Iterator[None]:
    """A spinner on stderr while something is waited for, when a person is there to see it."""
    console = person()
    if console is None:
        yield
        return
    with console.status(Text(what)):
        yield


def printable(text: str) -> str:
    """Text on one line that cannot steer a terminal: what was read from an image may hold anything."""
    shown = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in text)
    return " ".join(shown.split())
