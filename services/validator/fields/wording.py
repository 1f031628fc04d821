"""Words that matter wherever they stand: claims, declarations, terms that the law reserves or forbids.

Rules that are about a wording rather than a field look for it here. The health warning is left out: its words are the
law's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import accumulate

from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage
from services.validator.fields.phrases import Sighting, in_paragraph, is_warning, statements


def find_wording(
    text: LabelText, pattern: re.Pattern[str], *, outside_prose: bool = False
) -> tuple[Statement[str], ...]:
    """Where the label's words match, in lower case at N2 with single spaces and within three rows of one column.

    The value is what matched, the text the whole words that it touches. With `outside_prose`, a match that begins in
    running text is left out: stories mention what the product is not.
    """
    if pattern.search(text.running) is None:
        return ()
    return statements(
        found
        for passage in text.passages
        if not is_warning(passage)
        for found in _in_passage(passage, pattern)
        if not (outside_prose and in_paragraph(passage))
    )


def _in_passage(passage: Passage, pattern: re.Pattern[str]) -> Iterator[tuple[Sighting, str]]:
    first_row = len(passage.first_row)
    ends = list(accumulate(len(token.text.casefold()) + 1 for token in passage.tokens))
    for match in pattern.finditer(passage.start_of_text):
        start = next(at for at, end in enumerate(ends) if match.start() < end)
        if start >= first_row:
            return
        end = next(at for at, end in enumerate(ends) if match.end() <= end)
        yield Sighting(passage, start, end + 1), match.group().strip()
