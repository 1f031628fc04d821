"""The fanciful name without an application's help (rulebook `app.fanciful-name`): the other name that is displayed.

Nothing on a label says which name is the fanciful one, and many labels have none. So what stands as large as the brand
and is none of the label's other items is shown for a person to judge, never as surely read.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from services.validator.fields.brand import Weighed, statement_of
from services.validator.fields.brand_clues import Clue
from services.validator.fields.brand_names import Name
from services.validator.fields.lettering import overlap
from services.validator.fields.model import Statement

FANCIFUL_PROBABILITY = 0.7
"""How often the name that is shown is the fanciful one: 10 of 14 real labels."""

_LEAST_SIZE = -1.0
"""Binary logarithm of its height relative to the tallest name of its image."""

_LEAST_SCORE = -1.5
_MOST_DOUBT = 0.1
_MOST_ITEM = 0.5
_LIKE_BRAND = 0.7
_NEVER = (
    Clue.STANDING,
    Clue.MAKER,
    Clue.IMPORTER,
    Clue.HOUSE,
    Clue.SENTENCE,
    Clue.WORDY,
    Clue.SHORT,
    Clue.GARBLED,
    Clue.DANGLING,
    Clue.IN_ADDRESS,
    Clue.IN_IMPORTER_ADDRESS,
    Clue.ONLY_ADDRESS,
    Clue.APPELLATION,
    Clue.TORN,
    Clue.TRIMMED,
    Clue.RESPELLED,
    Clue.EXTENDED,
    Clue.DISPUTED,
    Clue.LESS,
    Clue.ORNAMENT,
)
"""What speaks of a business, an address, a sentence, another item, or a bad reading."""


def read_fanciful_name(weighed: Sequence[Weighed]) -> Statement[str] | None:
    """The most prominent name beside the brand, when there is one; `weighed` has the likeliest brand first."""
    names = [one.name for one in weighed]
    for one in weighed[1:]:
        if _is_prominent(one) and _is_apart(one.name, names[0]):
            return statement_of(one.name, names)
    return None


def _is_prominent(one: Weighed) -> bool:
    name, clues = one.name, one.clues
    return (
        one.score >= _LEAST_SCORE
        and clues[Clue.SIZE] >= _LEAST_SIZE
        and clues[Clue.DOUBT] <= _MOST_DOUBT
        and clues[Clue.ITEM] < _MOST_ITEM
        and not any(clues[clue] for clue in _NEVER)
        and name.displayed
        and name.text[0].isupper()
        and not any(char.isdigit() for char in name.text)
    )


def _is_apart(name: Name, brand: Name) -> bool:
    """Whether it is displayed beside the brand and has nothing of it, or of another reading of it."""
    return (
        name.first.image == brand.first.image
        and name.key not in brand.key
        and not any(word in brand.words for word in name.words)
        and Levenshtein.normalized_similarity(name.key, brand.key) < _LIKE_BRAND
        and not overlap(name.place, brand.place)
    )
