"""Class and type designations (27 CFR 4.21, 4.34; 5.141 to 5.156; 7.141 to 7.147)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from services.common.page import bounds
from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage, Token, key_of
from services.validator.fields.phrases import Lexicon, Sighting, in_paragraph, is_warning, statements
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
_WOOD = frozenset({"barrel", "cask", "oak", "wood"})
"""Words after which `aged` belongs to a designation (27 CFR 7.143(h)): `oak aged beer`."""

_ROWS = 3
_SAME_PLACE = 0.6
_HEADS = (_MODIFIERS - _STATE_WORDS - words("soft_modifiers")) | {"kentucky", "tennessee"}
_HEAD_HEIGHT = 0.35
"""Least height of a line of modifiers (`KENTUCKY STRAIGHT`) relative to the class below it, and the reverse."""


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
    height: float = field(default=0.0, compare=False)
    """Height of its letters in pixels."""

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
FOREIGN_WORDS: Lexicon[str] = Lexicon.of((name, name) for name in _DATA["foreign"]["names"])
"""Class and colour words in other languages (`Vino Rosso`): a class only when nothing else is printed."""

FOREIGN_CLASS = Family(ProductType.WINE, "foreign words", None, "27 CFR 4.34")
"""The family of designations in another language."""

_GENERIC_NAMES: Lexicon[str] = Lexicon.of((name, name) for name in _DATA["generic"]["names"])
GENERIC = "generic"
"""The family of names known to the trade that are no class of the standards of identity."""

_GENERIC = Family(ProductType.DISTILLED_SPIRITS, GENERIC, None, "27 CFR 5.154")


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
    """Every designation on the label as its whole phrase, the most likely one first."""
    seen = [pair for passage in text.passages if not is_warning(passage) for pair in _in_passage(passage)]
    found = [pair for pair in seen if not any(_is_within(pair[0], other) for other, _ in seen)]
    found.sort(key=lambda pair: -pair[1].height)
    read = _wholes(statements(found, text=lambda sighting: sighting.text))
    weight: dict[Designation, float] = {}
    for sighting, designation in found:
        weight[designation] = max(weight.get(designation, 0.0), _weight(sighting, designation))
    return tuple(sorted(read, key=lambda statement: -weight[statement.value]))


def _wholes(read: tuple[Statement[Designation], ...]) -> list[Statement[Designation]]:
    """Without what another look read as a part of a longer designation at the same place."""
    return [one for one in read if not any(_is_part(one, other) for other in read)]


def _is_part(one: Statement[Designation], other: Statement[Designation]) -> bool:
    part, whole = key_of(one.value.phrase), key_of(other.value.phrase)
    if part == whole or part not in whole or one.evidence[0].image != other.evidence[0].image:
        return False
    left, top, right, bottom = bounds(one.evidence[0].polygon)
    other_left, other_top, other_right, other_bottom = bounds(other.evidence[0].polygon)
    across, down = min(right, other_right) - max(left, other_left), min(bottom, other_bottom) - max(top, other_top)
    return across > 0 and down > 0 and across * down >= _SAME_PLACE * (right - left) * (bottom - top)


def _is_within(one: Sighting, other: Sighting) -> bool:
    """Whether `one` is a part of `other` in the same look: `BOURBON WHISKEY` below `KENTUCKY STRAIGHT`."""
    mine, whole = one.passage, other.passage
    if (mine.image, mine.look, mine.engine, mine.turn) != (whole.image, whole.look, whole.engine, whole.turn):
        return False
    places = {(token.key, token.polygon) for token in other.tokens}
    return len(one.tokens) < len(other.tokens) and all((token.key, token.polygon) in places for token in one.tokens)


def _weight(sighting: Sighting, designation: Designation) -> float:
    alone = 3.0 if sighting.whole_rows() else 1.0
    specific = 1.0 + 0.2 * len(designation.phrase.split())
    bare = (
        0.3 if key_of(designation.phrase) in {"wine", "alcohol", "beer"} or designation.family.name in _PLACES else 1.0
    )
    return sighting.passage.height * alone * specific * bare


# Names of places first: on the wine of that place they are its appellation, and a plain class counts before them.
_PLACES = frozenset({"semi-generic"})


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, Designation]]:
    squeezed = "".join(token.key for token in passage.tokens if token.row <= 2)
    origin = _DISTILLED_FROM.match(squeezed)
    if origin and passage.before is None:
        end = sum(1 for token in passage.tokens if token.row <= 1)
        sighting = Sighting(passage, 0, end)
        yield sighting, Designation(sighting.text, "spirits", _COMPOSED, composition=True, height=passage.height)
        return
    prose = in_paragraph(passage)
    for sighting, name in _GENERIC_NAMES.find(passage):
        if not prose:
            yield sighting, Designation(sighting.text, name, _GENERIC, height=sighting.height)
    for sighting, (name, family) in (*_NAMES.find(passage, _ROWS), *_under_modifiers(passage)):
        whole = _with_modifiers(sighting)
        if not _stands_as_class(whole):
            continue
        composed = _composition(whole)
        if prose and (whole.start > 0 or composed is None):
            continue
        shown = composed or whole
        yield shown, Designation(shown.text, name, family, composition=composed is not None, height=sighting.height)


def _under_modifiers(passage: Passage) -> Iterator[tuple[Sighting, tuple[str, Family]]]:
    """A name in the second line, when the first holds nothing but words of a designation."""
    head = [token for token in passage.tokens if token.row == 0]
    if passage.before is not None or len(passage.rows) < 2 or not all(token.key in _HEADS for token in head):
        return
    first, second = passage.rows[0][0].height, passage.rows[1][0].height
    if min(first, second) < _HEAD_HEIGHT * max(first, second):
        return
    for sighting, value in _NAMES.find_from(passage, len(head), _ROWS + 1):
        if value[1].product is not ProductType.WINE or "american" not in {token.key for token in head}:
            yield Sighting(passage, 0, sighting.end), value


def _with_modifiers(sighting: Sighting) -> Sighting:
    tokens, start, end = sighting.passage.tokens, sighting.start, sighting.end
    while start > 0 and not tokens[start - 1].closes and _modifies(tokens[start - 1]):
        start -= 1
    while (
        end < len(tokens)
        and tokens[end].row == sighting.last_row
        and not tokens[end - 1].closes
        and not tokens[end].opens
        and _modifies(tokens[end])
        and tokens[end].key != "style"
    ):
        end += 1
    return Sighting(sighting.passage, start, end)


def _modifies(token: Token) -> bool:
    """Whether the word belongs to a designation; `Vienna-type` does when both of its parts do."""
    parts = [key_of(part) for part in token.text.split("-")]
    return token.key in _MODIFIERS or (len(parts) > 1 and all(part in _MODIFIERS for part in parts if part))


def _stands_as_class(sighting: Sighting) -> bool:
    """Whether the phrase is a designation and not a part of a name, an address or a sentence."""
    passage, tokens = sighting.passage, sighting.passage.tokens
    rows = {token.row for token in sighting.tokens}
    if len(rows) > 1 and sighting.start > 0:
        return False
    after = (
        tokens[sighting.end] if sighting.end < len(tokens) and tokens[sighting.end].row == sighting.last_row else None
    )
    before = tokens[sighting.start - 1] if sighting.start else passage.before
    if after is not None and not tokens[sighting.end - 1].closes and after.key in _NOT_A_CLASS_AFTER:
        return False
    wood = sighting.start > 1 and tokens[sighting.start - 2].key in _WOOD
    if before is not None and not before.closes and before.key in _NOT_A_CLASS_BEFORE and not wood:
        return False
    if sighting.key in _BARE and before is not None and not before.closes and not tokens[sighting.start].opens:
        return False
    if before is not None and len(sighting.tokens) > 1 and all(len(token.key) <= _SPACED for token in sighting.tokens):
        return False
    squeezed = "".join(token.key for token in passage.first_row)
    if re.search(r"(?:by|for)(?:$|[a-z])", squeezed) and re.search(
        r"bottled|produced|imported|distributed|brewed|vinted", squeezed
    ):
        return re.match(r"(?:wine)?of", after.key) is not None if after is not None else False
    free = len([token for token in passage.first_row if token.key not in _MODIFIERS])
    return free <= 8


_SPACED = 2
"""Most letters of a piece of a word that is printed with wide spaces (`E X PO R T S`)."""


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


_COLOURS: dict[str, str] = {key_of(word): colour for colour, words in _DATA["colours"].items() for word in words}


def colours_in(phrase: str) -> frozenset[str]:
    """The colours of wine (`red`, `white`, `rose`) that the words of a designation tell."""
    return frozenset(_COLOURS[key] for key in map(key_of, re.split(r"[\s-]+", phrase)) if key in _COLOURS)


@dataclass(frozen=True, slots=True)
class ClassCode:
    """A code of the public registry: the families that a label may show for it, and words it must or must not carry.

    `colour` is the wine's (`red`, `white`, `rose`), empty when the code tells none.
    """

    text: str
    accepts: frozenset[str]
    needs: frozenset[str]
    excludes: frozenset[str]
    colour: str = ""

    def admits(self, designation: Designation) -> bool:
        """Whether the label may show the designation for this code."""
        words, family = designation.words, designation.family
        if family.name not in self.accepts or not self.needs <= words or self.excludes & words:
            return False
        told = colours_in(designation.phrase)
        if self.colour and told and self.colour not in told:
            return False
        own = self.needs | {key_of(word) for word in self.text.split()}
        return not words & PROTECTED_WORDS - own or family.product is ProductType.WINE


_CODES = {
    key_of(entry["text"]): ClassCode(
        entry["text"],
        frozenset(entry["accepts"]),
        frozenset(key_of(word) for word in entry.get("needs", [])),
        frozenset(key_of(word) for word in entry.get("excludes", [])),
        entry.get("colour", ""),
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
