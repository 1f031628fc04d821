"""A comparison of OCR backends for people: who read how much, who found the fields, and where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, groupby
from typing import get_args

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.listing import simple_table
from ttb_client.cli.output import printable
from ttb_client.cli.word_diff import ReadWord, Whose, Words, word_diff
from ttb_client.requests import OcrBackend

_OUTCOMES = pb.FieldAccuracy.Outcome
_OUTCOME_STYLE = {pb.FieldAccuracy.right: "green", pb.FieldAccuracy.wrong: "red", pb.FieldAccuracy.absent: "dim"}
_STYLE = {Whose.BOTH: "", Whose.FIRST: "bold cyan", Whose.SECOND: "bold magenta"}
_MARKS = {Whose.BOTH: ("", ""), Whose.FIRST: ("[-", "-]"), Whose.SECOND: ("{+", "+}")}


def comparison_page(readings: Sequence[pb.BackendReading], *, coloured: bool) -> RenderableType:
    """Everything that the readings say. Where nothing is `coloured`, marks stand around what only one read."""
    readings = sorted(readings, key=_rank)
    parts: list[RenderableType] = [backends_table(readings)]
    if any(reading.fields for reading in readings):
        parts.append(_fields_table(readings))
    for pair in combinations([reading for reading in readings if not reading.error], 2):
        parts += _differences(*pair, coloured=coloured)
    return Group(*parts)


def _rank(reading: pb.BackendReading) -> tuple[int, str]:
    """The same order whoever finished first."""
    known = get_args(OcrBackend)
    return known.index(reading.backend) if reading.backend in known else len(known), reading.backend


def backends_table(readings: Sequence[pb.BackendReading]) -> Table:
    """One row for each backend that has finished."""
    table = simple_table("backend", "version", "lines", "words", "time", "same characters, words")
    table.columns[-1].no_wrap = True
    with_truth = any(reading.fields for reading in readings)
    if with_truth:
        table.add_column("fields")
    agreements = {
        (one, other): agreement
        for reading in readings
        for agreement in reading.agreements
        for one, other in ((reading.backend, agreement.backend), (agreement.backend, reading.backend))
    }
    for reading in readings:
        if reading.error:
            table.add_row(printable(reading.backend), Text(f"failed: {printable(reading.error)}", style="red"))
            continue
        lines = _lines(reading)
        agreeing = [
            f"{other.backend} {100 * agreement.characters:.1f} %, {100 * agreement.words:.1f} %"
            for other in readings
            if (agreement := agreements.get((reading.backend, other.backend)))
        ]
        table.add_row(
            printable(reading.backend),
            Text(printable(reading.version.removeprefix(f"{reading.backend} "))),
            str(len(lines)),
            str(sum(len(line) for line in lines)),
            f"{reading.milliseconds / 1000:.1f} s",
            Text("\n".join(map(printable, agreeing))),
            *([_outcomes(reading)] if with_truth else []),
        )
    return table


def _outcomes(reading: pb.BackendReading) -> Text:
    counts = Counter(field.outcome for field in reading.fields)
    parts = [
        (f"{count} {_OUTCOMES.Name(outcome)}", style)
        for outcome, style in _OUTCOME_STYLE.items()
        if (count := counts[outcome])
    ]
    return Text("\n").join(Text(*part) for part in parts)


def _fields_table(readings: Sequence[pb.BackendReading]) -> Table:
    """What each backend read of each field whose truth is known."""
    measured = [reading for reading in readings if reading.fields]
    table = simple_table("field", "application", *(printable(reading.backend) for reading in measured))
    truths = {field.name: field.truth for reading in measured for field in reading.fields}
    for name, truth in truths.items():
        found = [next((field for field in reading.fields if field.name == name), None) for reading in measured]
        cells = [_found(field) if field else Text() for field in found]
        table.add_row(Text(printable(name.replace("_", " "))), Text(printable(truth)), *cells)
    return table


def _found(field: pb.FieldAccuracy) -> Text:
    outcome = _OUTCOMES.Name(field.outcome)
    text = printable(field.found)
    if field.outcome != pb.FieldAccuracy.right:
        text = f"{outcome}: {text}" if text else outcome
    return Text(text, style=_OUTCOME_STYLE.get(field.outcome, ""))


def _differences(first: pb.BackendReading, second: pb.BackendReading, *, coloured: bool) -> Iterator[RenderableType]:
    """The lines of the first in which they differ."""
    words = word_diff(_lines(first), _lines(second))
    counts = Counter(word.whose for word in words)
    names = {Whose.FIRST: printable(first.backend), Whose.SECOND: printable(second.backend)}
    legend = Text(", ").join(
        _marked(f"only {name}", whose, coloured=coloured).append(f": {counts[whose]}") for whose, name in names.items()
    )
    yield Text.assemble((" and ".join(names.values()), "bold"), "  ", legend)
    for _, line in groupby(words, key=lambda word: word.line):
        parts = list(line)
        if any(word.whose is not Whose.BOTH for word in parts):
            yield Padding(_line(parts, coloured=coloured), (0, 0, 0, 2), expand=False)
    yield Text()


def _line(words: Sequence[ReadWord], *, coloured: bool) -> Text:
    return Text(" ").join(
        _marked(" ".join(word.text for word in run), whose, coloured=coloured)
        for whose, run in groupby(words, key=lambda word: word.whose)
    )


def _marked(text: str, whose: Whose, *, coloured: bool) -> Text:
    before, after = ("", "") if coloured else _MARKS[whose]
    return Text(f"{before}{text}{after}", style=_STYLE[whose])


def _lines(reading: pb.BackendReading) -> list[Words]:
    return [printable(line.text).split() for page in reading.pages for line in page.lines]
