"""What parts the warning as read from 27 CFR 16.21, and whether a reading error can explain it (rulebook 2, 2.1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import Levenshtein

from services.common.page import Polygon
from services.validator.fields.model import SURE_CONFIDENCE, SURE_LOOKS
from services.validator.fields.text import n1
from services.validator.fields.warning_reading import ExtraWords, WarningReading, WarningWord
from services.validator.fields.warning_text import CANONICAL_LETTERS, CANONICAL_WORDS, NUMBERS, letters, other_word
from services.validator.fields.warning_words import WordState

_SHORT_WORD = 2
_MISSPELLING_LOOKS = 3
_THIN = frozenset("ilt1")


class FaultKind(StrEnum):
    """How the print departs from the statement."""

    MISSING = "missing"
    REPLACED = "replaced"
    MISSPELT = "misspelt"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Fault:
    """One departure in words: `found` is printed where `expected` is required, each with its neighbours.

    `sure` when no reading error explains it; `steady` when readings agree on it, though they may err alike.
    """

    kind: FaultKind
    expected: str
    found: str
    polygon: Polygon
    sure: bool
    steady: bool


def faults(reading: WarningReading) -> tuple[Fault, ...]:
    """Every departure of words from the statement, in order; numbers, marks and capitals are judged apart.

    Words that were not read are no faults, nor is anything when the wording is confirmed.
    """
    if reading.confirmed:
        return ()
    found = [
        (word.index, _of_word(reading, word))
        for word in reading.words
        if word.index not in NUMBERS and word.state in {WordState.DIFFERENT, WordState.MISSING}
    ]
    found += [(extra.before, _of_extra(reading, extra)) for extra in reading.extra if _counts(extra)]
    return tuple(fault for _, fault in sorted(found, key=lambda pair: pair[0]))


def _counts(extra: ExtraWords) -> bool:
    """A lone letter that one reading has is debris of a frame or a bar code (rulebook 2.1, item 6)."""
    return len(letters(extra.text)) > 1 or extra.alike >= SURE_LOOKS


def _of_word(reading: WarningReading, word: WarningWord) -> Fault:
    expected, found = _with_neighbours(reading, word.index, word.index + 1, word.text)
    steady = word.confidence >= SURE_CONFIDENCE and word.alike >= SURE_LOOKS
    beside = _neighbours_right(reading, word.index)
    if word.state is WordState.MISSING:
        seen = word.close or len(CANONICAL_LETTERS[word.index]) > _SHORT_WORD
        return Fault(FaultKind.MISSING, expected, found, word.polygon, steady and beside and seen, steady)
    if other_word(word.index, word.text):
        plain = letters(word.text).isalpha()
        return Fault(FaultKind.REPLACED, expected, found, word.polygon, steady and beside and plain, steady)
    agreed = steady and word.close and word.alike >= _MISSPELLING_LOOKS
    return Fault(FaultKind.MISSPELT, expected, found, word.polygon, agreed and _letter_lost_or_added(word), steady)


def _letter_lost_or_added(word: WarningWord) -> bool:
    """Engines take one letter for another alike at every size, but seldom lose or add a broad one alike."""
    right, read = CANONICAL_LETTERS[word.index], letters(word.text)
    if not read.isalpha():
        return False
    changed = {
        (right[op.src_pos] if op.tag == "delete" else read[op.dest_pos])
        for op in Levenshtein.editops(right, read)
        if op.tag != "replace"
    }
    return bool(changed - _THIN)


def _neighbours_right(reading: WarningReading, index: int) -> bool:
    """Whether the nearest words on either side that are not missing too were surely read right."""
    sides = (reversed(reading.words[:index]), iter(reading.words[index + 1 :]))
    beside = [next((word for word in side if word.state is not WordState.MISSING), None) for side in sides]
    return all(word is None or (word.right and word.confidence >= SURE_CONFIDENCE) for word in beside)


def _of_extra(reading: WarningReading, extra: ExtraWords) -> Fault:
    expected, found = _with_neighbours(reading, extra.before, extra.before, extra.text)
    steady = extra.confidence >= SURE_CONFIDENCE and extra.alike >= SURE_LOOKS
    plain = len(letters(extra.text)) > 1 and letters(extra.text).isalpha()
    return Fault(FaultKind.ADDED, expected, found, extra.polygon, steady and plain and extra.inline, steady)


def _with_neighbours(reading: WarningReading, first: int, after: int, text: str) -> tuple[str, str]:
    """What is required and what is printed, each between the words before `first` and from `after` on."""
    required = CANONICAL_WORDS[max(0, first - 1) : after + 1]
    left = reading.words[first - 1].text if first else ""
    right = reading.words[after].text if after < len(reading.words) else ""
    return _plain(" ".join(required)), _plain(n1(f"{left} {text} {right}"))


def _plain(text: str) -> str:
    return " ".join(text.upper().split()).strip(" .,:;")
