"""The statement of 27 CFR 16.21, and what counts as reading it right.

The warning is known text, so it is verified, never extracted. Letters are compared without case, spaces and marks, and
with the characters made one that OCR cannot tell apart (rulebook 2.1, item 1); marks and capitals are judged apart.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from services.validator.fields.text import folded, n2

CANONICAL = (
    "GOVERNMENT WARNING: (1) According to the Surgeon General, women should not drink alcoholic beverages during "
    "pregnancy because of the risk of birth defects. (2) Consumption of alcoholic beverages impairs your ability to "
    "drive a car or operate machinery, and may cause health problems."
)
"""27 CFR 16.21."""

CANONICAL_WORDS = tuple(CANONICAL.split())
"""The 43 tokens of the statement, marks included."""

HEADING = (0, 1)
"""Indexes of GOVERNMENT and WARNING."""

NUMBERS = (2, 23)
"""Indexes of (1) and (2)."""

ANCHORS = ("Surgeon General", "birth defects", "operate machinery", "health problems")
"""Any two of them show that the warning is there (rulebook, health-warning.present)."""

_SAME_SHAPE = str.maketrans({"1": "l", "i": "l", "ı": "l", "0": "o"})

_OTHER_WORDS: dict[str, frozenset[str]] = {
    "according": frozenset({"accordingly"}),
    "women": frozenset({"woman"}),
    "should": frozenset({"could", "would", "shall", "shouldnt"}),
    "not": frozenset({"now", "never"}),
    "drink": frozenset({"drinks", "drinking", "drunk"}),
    "alcoholic": frozenset({"alcohol", "alcohols", "alcoholics"}),
    "beverages": frozenset({"beverage"}),
    "because": frozenset({"cause"}),
    "risk": frozenset({"risks"}),
    "birth": frozenset({"births"}),
    "defects": frozenset({"defect", "effects"}),
    "consumption": frozenset({"consuming"}),
    "impairs": frozenset({"impair", "impaired"}),
    "your": frozenset({"you", "our"}),
    "ability": frozenset({"abilities"}),
    "drive": frozenset({"driving", "drives"}),
    "a": frozenset({"the", "an", "any"}),
    "car": frozenset({"cars"}),
    "or": frozenset({"and", "nor"}),
    "operate": frozenset({"operating", "operates"}),
    "machinery": frozenset({"machine", "machines"}),
    "and": frozenset({"or"}),
    "may": frozenset({"can", "might", "will", "could"}),
    "cause": frozenset({"causes", "because"}),
    "health": frozenset({"healthy"}),
    "problems": frozenset({"problem"}),
}
"""Real words that misprints put in the place of the right one; no misreading explains them (rulebook 2.1, item 2)."""


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """Letters and digits of `text` at N2, without diacritics."""
    plain = unicodedata.normalize("NFD", n2(text))
    return "".join(char for char in plain if char.isalnum())


def same_shapes(text: str) -> str:
    """1, I and l made one, and 0 and O."""
    return text.translate(_SAME_SHAPE)


CANONICAL_LETTERS = tuple(letters(word) for word in CANONICAL_WORDS)
"""Letters and digits of each token."""


def reads_right(index: int, text: str) -> bool:
    """Whether `text` is the canonical word of that index, letter by letter."""
    return same_shapes(letters(text)) == same_shapes(CANONICAL_LETTERS[index])


def reads_confusably(index: int, text: str) -> bool:
    """Whether only characters that OCR takes for each other part `text` from the canonical word."""
    return bool(text) and folded(letters(text)) == folded(CANONICAL_LETTERS[index])


def other_word(index: int, text: str) -> bool:
    """Whether `text` is another word, not a misreading: too far from the right one, or a known real word.

    A misreading is within one edit of a word of up to five letters, or two of a longer one (rulebook 2.1, item 2).
    """
    right, read = CANONICAL_LETTERS[index], letters(text)
    if read in _OTHER_WORDS.get(right, frozenset()):
        return True
    allowed = 1 if len(right) <= 5 else 2
    return Levenshtein.distance(right, read) > allowed and Levenshtein.distance(folded(right), folded(read)) > allowed
