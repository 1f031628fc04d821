"""Vintage dates (27 CFR 4.27): a year that stands by itself, and is no other date."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage
from services.validator.fields.phrases import Sighting, is_warning, statements

_YEAR = re.compile(r"^\W*((?:19|20)\d\d)\W*$")
_OTHER_DATE = re.compile(
    r"\best\b|estab|since|desde|depuis|\bdal\b|founded|bottled in|planted|patent|copyright|©|award|"
    r"seit|fond|licen[cs]e|medal|lot\b|phone",
    re.IGNORECASE,
)
_PROSE_WORDS = 8


def read_vintages(text: LabelText) -> tuple[Statement[int], ...]:
    """Every year that may be a vintage date, the most often printed first."""
    found = [pair for passage in text.passages if not is_warning(passage) for pair in _in_passage(passage)]
    read = statements(found)
    return tuple(sorted(read, key=lambda s: (-sum(o.value == s.value for o in read), -s.confidence)))


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, int]]:
    row = passage.first_row
    line = passage.row_text(0)
    if len(row) > _PROSE_WORDS or _OTHER_DATE.search(line) or re.search(r"\d[\d\s'\"]{8,}", line):
        return
    address = re.search(r"\b(?:street|avenue|road|suite|box|gallon|fl\.? oz|st\.|ave\.?)\b", line, re.IGNORECASE)
    for at, token in enumerate(row):
        year = _YEAR.match(token.text)
        if (
            year
            and not address
            and not (at + 1 < len(row) and row[at + 1].text.casefold() in {"ml", "n", "s", "e", "w"})
        ):
            yield Sighting(passage, at, at + 1), int(year[1])
