"""Text normalisation levels N0 to N4 of the rulebook (section 0.3): what counts as the same text, and for what."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "`": "'", "´": "'"})
_DASHES = re.compile("[‐‑‒–—―−﹘﹣－]")
_HYPHENATED_BREAK = re.compile(r"(?<=[^\W\d_])-[ \t]*\n[ \t]*(?=[^\W\d_])")
_SPACE = re.compile(r"\s+")
_DROPPED = re.compile(r"[.,'\"!:;()\[\]]")

ABBREVIATIONS = {
    "company": "co",
    "corporation": "corp",
    "incorporated": "inc",
    "limited": "ltd",
    "brothers": "bros",
    "saint": "st",
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "mount": "mt",
    "fort": "ft",
    "number": "no",
    "whiskey": "whisky",
    "whiskeys": "whisky",
    "whiskies": "whisky",
    "volume": "vol",
    "alcohol": "alc",
    "pint": "pt",
    "pints": "pt",
    "quart": "qt",
    "quarts": "qt",
    "gallon": "gal",
    "gallons": "gal",
    "liter": "l",
    "liters": "l",
    "litre": "l",
    "litres": "l",
    "milliliter": "ml",
    "milliliters": "ml",
    "millilitre": "ml",
    "millilitres": "ml",
}
"""One spelling for each group of rulebook 0.5; States are told apart in `services.validator.fields.places`."""


@lru_cache(maxsize=8192)
def n1(text: str) -> str:
    """NFKC, end-of-line hyphenation joined, straight quotes, plain dashes, single spaces. For all wording checks."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    text = _DASHES.sub("-", text)
    text = _HYPHENATED_BREAK.sub("", text)
    return _SPACE.sub(" ", text).strip()


@lru_cache(maxsize=8192)
def n2(text: str) -> str:
    """N1 and case folded. For case-insensitive comparison."""
    return n1(text).casefold()


def without_diacritics(text: str) -> str:
    """`Chéné` as `Chene`; letters that do not decompose are spelled out where there is a usual spelling."""
    if text.isascii():
        return text
    spelled = text.replace("ß", "ss").replace("æ", "ae").replace("œ", "oe").replace("ø", "o").replace("ł", "l")
    return "".join(char for char in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(char))


@lru_cache(maxsize=8192)
def n3(text: str) -> str:
    """N2 without diacritics and punctuation, hyphen as space, `&` as `and`. For names."""
    text = without_diacritics(n2(text)).replace("&", " and ")
    text = re.sub(r"\s*/\s*", "/", text).replace("-", " ")
    return _SPACE.sub(" ", _DROPPED.sub("", text)).strip()


@lru_cache(maxsize=8192)
def n4(text: str) -> str:
    """N3 with the abbreviation table of rulebook 0.5. For addresses and class names."""
    return " ".join(ABBREVIATIONS.get(word, word) for word in n3(text).split())


def same_name(left: str, right: str) -> bool:
    """Equal at N3, also when equal with all spaces removed (`goldenhill` and `Golden Hill`)."""
    return n3(left) == n3(right) or squeezed(left) == squeezed(right)


def squeezed(text: str) -> str:
    """N3 without spaces, for comparing text whose spaces OCR lost."""
    return n3(text).replace(" ", "")


_CONFUSABLE = (("rn", "m"), ("cl", "d"), ("ii", "u"), ("vv", "w"), ("fi", "h"))
_CONFUSABLE_CHARACTERS = str.maketrans({"1": "l", "i": "l", "|": "l", "!": "l", "0": "o", "5": "s", "8": "b", "2": "z"})


def folded(text: str) -> str:
    """Squeezed, with letters and digits that OCR confuses (rulebook 2.1, item 1) made one. Never for numbers."""
    text = squeezed(text)
    for pair, single in _CONFUSABLE:
        text = text.replace(pair, single)
    return text.translate(_CONFUSABLE_CHARACTERS)
