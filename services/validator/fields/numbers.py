"""Numbers as labels print them and as OCR returns them: `l3.5`, `75O`, `13,5`, `7 3/4`, `ONE`.

Letters are taken for digits only beside a true digit: `7S0` is 750, `SOL` is a word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from services.validator.fields.text import without_diacritics

DIGIT = "(?-i:[0-9OoQlISZB])"
"""A digit, or a letter that OCR returns for one."""

END_OF_NUMBER = r"(?:(?<=[0-9])(?![0-9])|(?![A-Za-z0-9]))"
"""After a number: a true digit may be followed by letters (a lost space), a letter taken for a digit may not."""

_LOOKS_LIKE = str.maketrans({"O": "0", "o": "0", "Q": "0", "l": "1", "I": "1", "S": "5", "Z": "2", "B": "8"})

NUMBER_WORDS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}


@dataclass(frozen=True, slots=True)
class Printed:
    """A decimal number and how it is printed: digits after the point, and whether the point is a comma."""

    value: Decimal
    decimals: int = 0
    decimal_comma: bool = False


def printed_number(text: str) -> Printed | None:
    """The number that `text` prints, or None when it holds no true digit. A comma before three digits groups them."""
    folded = re.sub(r"\s", "", text).translate(_LOOKS_LIKE)
    if not re.search(r"[0-9]", text) or not re.fullmatch(r"\d*(?:[.,]\d+)?", folded):
        return None
    if re.fullmatch(r"\d{1,3},\d{3}", folded):
        return Printed(Decimal(folded.replace(",", "")))
    _, separator, decimals = folded.replace(",", ".").partition(".")
    return Printed(Decimal(folded.replace(",", ".")), len(decimals), bool(separator) and "," in folded)


def plain(value: Decimal) -> str:
    """`13.50` as `13.5`, `1E+2` as `100`."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def same_length_ascii(text: str) -> str:
    """Letters without diacritics and in the same places, so that positions hold."""
    return text if text.isascii() else "".join(without_diacritics(char)[:1] or " " for char in text)
