"""Class and type designations (27 CFR 4.21, 4.34; 5.141 to 5.156; 7.141 to 7.147)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from services.validator.fields.model import Statement
from services.validator.fields.phrases import (
    LabelText,
    Lexicon,
    Passage,
    Sighting,
    is_prose,
    is_warning,
    key_of,
    statements,
)
from services.validator.fields.places import STATES
from services.validator.fields.wordlists import load, words
from services.validator.submission import ProductType

_DATA = load("classes.toml")
_STATE_WORDS = {key_of(word) for name in STATES.values() for word in name.split()} - {
    "of", "new", "island", "puerto", "rico", "district", "columbia", "north", "south", "west",
}  # fmt: skip
_MODIFIERS = {key_of(word) for word in _DATA["modifiers"]["words"]} | _STATE_WORDS
PROTECTED_WORDS: frozenset[str] = frozenset(_DATA["protected"]["words"])
"""Words of a designation that may not be lost."""

_COMPOSITION = re.compile(
    r"\bwith\b.*\b(?:flavou?r|juice|color|extract|essence|caramel|raisin|date|fruit|spice)", re.IGNORECASE | re.DOTALL
)
_DISTILLED_FROM = re.compile(r"spirits?distilledfrom|alcoholdistilledfrom")
_NOT_A_CLASS_AFTER = words("not_a_class_after")
# In `ELM WINES` and `Elm Beer` the word belongs to the trade name.
_BARE = frozenset({"wine", "wines", "beer", "beers"})
_NOT_A_CLASS_BEFORE = words("not_a_class_before")


@dataclass(frozen=True, slots=True)
class Family:
    """One class of the standards of identity; `minimum_abv` in percent by volume, None when the class has none."""

    product: ProductType
    name: str
    minimum_abv: Decimal | None = None
    citation: str = ""


@dataclass(frozen=True, slots=True)
class Designation:
    """A designation as printed: its whole phrase, the known name in it, and its class.

    `composition` tells of a statement of composition (`Vodka with natural flavors`): then the class is none of its own.
    """

    phrase: str
    name: str
    family: Family
    composition: bool = False

    @property
    def words(self) -> frozenset[str]:
        """The words of the phrase at N4."""
        return frozenset(key_of(word) for word in re.split(r"[\s-]+", self.phrase)) - {""}

    @property
    def limits_strength(self) -> bool:
        """Whether it promises a strength (27 CFR 4.21, 5.142 to 5.152)."""
        of_wine = self.family.product is ProductType.WINE and bool(self.words & _WORDS_OF_STRENGTH)
        return self.family.minimum_abv is not None or of_wine


_WORDS_OF_STRENGTH = frozenset(
    {"angelica", "aperitif", "dessert", "light", "madeira", "muscatel", "port", "retsina", "sherry", "table"}
)


FAMILIES: tuple[Family, ...] = tuple(
    Family(
        ProductType(entry["product"]),
        entry["family"],
        Decimal(entry["minimum_abv"]) if "minimum_abv" in entry else None,
        entry.get("citation", "27 CFR 4.21"),
    )
    for entry in _DATA["families"]
)
_NAMES: Lexicon[tuple[str, Family]] = Lexicon.of(
    (name + plural, (name, family))
    for entry, family in zip(_DATA["families"], FAMILIES, strict=True)
    for name in entry["names"]
    for plural in ("", "s")
)
VARIETAL = Family(ProductType.WINE, "varietal", None, "27 CFR 4.23")
"""The class of still grape wine that is designated by its grape."""

_COMPOSED = Family(ProductType.DISTILLED_SPIRITS, "composition", None, "27 CFR 5.156")
_GENERIC_NAMES: Lexicon[str] = Lexicon.of((name, name) for name in _DATA["generic"]["names"])
_GENERIC = Family(ProductType.DISTILLED_SPIRITS, "generic", None, "27 CFR 5.154")


def class_names() -> frozenset[str]:
    """Keys of all known designations."""
    return frozenset(_NAMES)


def class_words() -> frozenset[str]:
    """Keys of all words of designations, which are no brand by themselves."""
    words = {key_of(word) for entry in _DATA["families"] for name in entry["names"] for word in name.split()}
    return frozenset(words | _MODIFIERS) - {"old", "single", "a", "in", "of", "reserve"}


def designation_of(text: str) -> Designation | None:
    """The designation that a text is, when it is one as a whole with its modifiers."""
    words = [word for word in re.split(r"[\s,]+", text.strip()) if key_of(word)]
    best: tuple[int, Designation] | None = None
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            known = _NAMES.get(key_of(" ".join(words[start:end])))
            others = words[:start] + words[end:]
            if known and all(key_of(word) in _MODIFIERS for word in others) and (best is None or end - start > best[0]):
                best = (end - start, Designation(text.strip(), known[0], known[1]))
    return best[1] if best else None


def read_designations(text: LabelText) -> tuple[Statement[Designation], ...]:
    """Every designation on the label, the most likely one first."""
    found = [pair for passage in text.passages if not is_warning(passage) for pair in _in_passage(passage)]
    read = statements(found, text=lambda sighting: sighting.text)
    height: dict[Designation, float] = {}
    for sighting, designation in found:
        height[designation] = max(height.get(designation, 0.0), _weight(sighting, designation))
    return tuple(sorted(read, key=lambda statement: -height[statement.value]))


def _weight(sighting: Sighting, designation: Designation) -> float:
    alone = 3.0 if sighting.whole_rows() else 1.0
    specific = 1.0 + 0.2 * len(designation.phrase.split())
    bare = 0.3 if key_of(designation.phrase) in {"wine", "alcohol", "beer"} else 1.0
    return sighting.passage.height * alone * specific * bare


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, Designation]]:
    squeezed = "".join(token.key for token in passage.tokens if token.row <= 2)
    origin = _DISTILLED_FROM.match(squeezed)
    if origin and passage.before is None:
        end = sum(1 for token in passage.tokens if token.row <= 1)
        sighting = Sighting(passage, 0, end)
        yield sighting, Designation(sighting.text, "spirits", _COMPOSED, composition=True)
        return
    prose = is_prose(passage)
    for sighting, name in _GENERIC_NAMES.find(passage):
        if not prose:
            yield sighting, Designation(sighting.text, name, _GENERIC)
    for sighting, (name, family) in _NAMES.find(passage):
        whole = _with_modifiers(sighting)
        if not _stands_as_class(whole):
            continue
        composed = _composition(whole)
        if prose and (whole.start > 0 or composed is None):
            continue
        if composed is not None:
            yield composed, Designation(composed.text, name, family, composition=True)
        else:
            yield whole, Designation(whole.text, name, family)


def _with_modifiers(sighting: Sighting) -> Sighting:
    tokens, start, end = sighting.passage.tokens, sighting.start, sighting.end
    while start > 0 and not tokens[start - 1].closes and tokens[start - 1].key in _MODIFIERS:
        start -= 1
    while (
        end < len(tokens)
        and tokens[end].row == sighting.last_row
        and not tokens[end - 1].closes
        and not tokens[end].opens
        and tokens[end].key in _MODIFIERS
        and tokens[end].key != "style"
    ):
        end += 1
    return Sighting(sighting.passage, start, end)


def _stands_as_class(sighting: Sighting) -> bool:
    """Whether the phrase is a designation and not a part of a name, an address or a sentence."""
    passage, tokens = sighting.passage, sighting.passage.tokens
    row = {token.row for token in sighting.tokens}
    if len(row) > 1 and sighting.start > 0:
        return False
    after = (
        tokens[sighting.end] if sighting.end < len(tokens) and tokens[sighting.end].row == sighting.last_row else None
    )
    before = tokens[sighting.start - 1] if sighting.start else passage.before
    if after is not None and not tokens[sighting.end - 1].closes and after.key in _NOT_A_CLASS_AFTER:
        return False
    if before is not None and not before.closes and before.key in _NOT_A_CLASS_BEFORE:
        return False
    if sighting.key in _BARE and before is not None and not before.closes and not tokens[sighting.start].opens:
        return False
    squeezed = "".join(token.key for token in passage.first_row)
    if re.search(r"(?:by|for)(?:$|[a-z])", squeezed) and re.search(
        r"bottled|produced|imported|distributed|brewed|vinted", squeezed
    ):
        return re.match(r"(?:wine)?of", after.key) is not None if after is not None else False
    free = len([token for token in passage.first_row if token.key not in _MODIFIERS])
    return free <= 8


def _composition(sighting: Sighting) -> Sighting | None:
    """The designation with the ingredients that follow it, when `with` does."""
    passage, tokens = sighting.passage, sighting.passage.tokens
    at = sighting.end
    if at >= len(tokens):
        return None
    joined = " ".join(token.text for token in tokens[sighting.start :] if token.row <= sighting.last_row + 2)
    if not tokens[at].key.startswith("with") or not _COMPOSITION.search(joined):
        return None
    end = at
    while end < len(tokens) and tokens[end].row <= sighting.last_row + 1:
        end += 1
    return Sighting(passage, sighting.start, end)


@dataclass(frozen=True, slots=True)
class ClassCode:
    """A code of the public registry: the families that a label may show for it, and words it must or must not carry."""

    text: str
    accepts: frozenset[str]
    needs: frozenset[str]
    excludes: frozenset[str]

    def admits(self, designation: Designation) -> bool:
        """Whether the label may show the designation for this code."""
        words, family = designation.words, designation.family
        if family.name not in self.accepts or not self.needs <= words or self.excludes & words:
            return False
        own = self.needs | {key_of(word) for word in self.text.split()}
        return not words & PROTECTED_WORDS - own or family.product is ProductType.WINE


_CODES = {
    key_of(entry["text"]): ClassCode(
        entry["text"],
        frozenset(entry["accepts"]),
        frozenset(key_of(word) for word in entry.get("needs", [])),
        frozenset(key_of(word) for word in entry.get("excludes", [])),
    )
    for entry in _DATA["codes"]
}
_NO_SET = re.compile(r"\b(?:OTHER|SPECIALT(?:Y|IES)|SPECIALITIES|PROPRIETAR(?:Y|IES)|FB|USB)\b")


def code_named(text: str) -> ClassCode | None:
    """The registry code that a text is, else None."""
    return _CODES.get(key_of(text))


def is_code_without_set(text: str) -> bool:
    """Whether the text is a registry code for what has no class of its own (`OTHER SPECIALTIES & PROPRIETARIES`)."""
    return text.isupper() and bool(_NO_SET.search(text)) and code_named(text) is None
