"""Grapes as a designation of several, and their shares (27 CFR 4.23(d)): `60% Merlot 40% Syrah`, `Merlot-Syrah`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.common.page import bounds, overlap
from services.validator.fields.model import Statement, images_of
from services.validator.fields.passages import LabelText, Passage
from services.validator.fields.phrases import Sighting, in_paragraph, is_warning, statements
from services.validator.fields.varietals import GRAPES, grape_named, same_grape
from services.validator.fields.wordlists import words

_PERCENT = re.compile(r"^[(~]?(\d{1,3}(?:[.,]\d{1,2})?)(%)?\)?[,;:.]*$")
_SIGN = re.compile(r"^percent\W*$", re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"^\d{1,2},$")
_OTHER_PERCENT = re.compile(r"alc|vol|juice|proof|\babv\b|recycled|organic|estate", re.IGNORECASE)
_OPEN = re.compile(r"\bothers?\b|\bblend of\b|field blend|remainder|\bmore\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[-/&+,·•|]|\band\b|\by\b|\be\b|\bet\b)\s*", re.IGNORECASE)
_BESIDE = words("beside_grapes")
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class GrapeShare:
    """One grape of a list; `percent` of the wine."""

    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class ShareList:
    """The list of one image. `open_ended` when other words or percentages beside it may stand for further grapes."""

    shares: tuple[Statement[GrapeShare], ...]
    open_ended: bool

    @property
    def grapes(self) -> tuple[str, ...]:
        """Each grape once."""
        found: list[str] = []
        for share in self.shares:
            if not any(same_grape(share.value.name, name) for name in found):
                found.append(share.value.name)
        return tuple(found)

    @property
    def total(self) -> Decimal:
        """The sum of the shares."""
        return sum((share.value.percent for share in self.shares), Decimal(0))

    @property
    def sure(self) -> bool:
        """Whether every line of it was read surely."""
        return all(share.sure for share in self.shares)


def read_share_lists(text: LabelText) -> tuple[ShareList, ...]:
    """The lists of two shares or more, at most one for each image; what is printed twice counts once."""
    if "%" not in text.running and "percent" not in text.running:
        return ()
    pairs: list[tuple[Sighting, GrapeShare]] = []
    loose: list[Sighting] = []
    open_images: set[int] = set()
    for passage in text.passages:
        row = passage.row_text(0)
        if is_warning(passage) or _OTHER_PERCENT.search(row):
            continue
        found, rest = _pairs(passage)
        pairs.extend(found)
        loose.extend(rest)
        if found and _OPEN.search(row):
            open_images.add(passage.image)
    # A crop that cuts a line leaves half of a pair that is whole in another look.
    open_images |= {one.passage.image for one in loose if not any(_meet(one, whole) for whole, _ in pairs)}
    read = _once(statements(pairs))
    lists = []
    for image in sorted({image for share in read for image in images_of(share.evidence)}):
        own = tuple(share for share in read if image in images_of(share.evidence))
        if len(own) > 1:
            lists.append(ShareList(own, image in open_images))
    return tuple(lists)


def _meet(one: Sighting, other: Sighting) -> bool:
    if one.passage.image != other.passage.image or not one.polygon or not other.polygon:
        return False
    return overlap(bounds(one.polygon), bounds(other.polygon))


def read_unshared_grapes(text: LabelText) -> tuple[Statement[tuple[str, ...]], ...]:
    """Lines that are nothing but two grape names or more, without their shares: `Merlot-Syrah`."""
    found = [
        (Sighting(passage, 0, len(passage.first_row)), names)
        for passage in text.passages
        if passage.before is None and not is_warning(passage) and len(names := _names_only(passage)) > 1
        if not in_paragraph(passage)
    ]
    return statements(found)


def _names_only(passage: Passage) -> tuple[str, ...]:
    parts = [
        " ".join(word for word in part.split() if word.casefold() not in _BESIDE)
        for part in _BETWEEN.split(passage.row_text(0).strip(" .-"))
    ]
    names = [grape_named(part) for part in parts if part]
    known = tuple(name for name in names if name is not None)
    distinct = [name for at, name in enumerate(known) if not any(same_grape(name, other) for other in known[:at])]
    return tuple(distinct) if len(known) == len(names) else ()


def _pairs(passage: Passage) -> tuple[list[tuple[Sighting, GrapeShare]], list[Sighting]]:
    """Shares of the first row, and the percentages below a hundred that have no grape."""
    percents = list(_percents(passage))
    grapes = [(sighting.start, sighting.end, name) for sighting, name in GRAPES.find(passage)]
    found: list[tuple[Sighting, GrapeShare]] = []
    paired: set[int] = set()
    before = bool(grapes and percents) and percents[0][0] < grapes[0][0]
    for at, (start, end, name) in enumerate(grapes):
        low = grapes[at - 1][1] if at else 0
        high = grapes[at + 1][0] if at + 1 < len(grapes) else len(passage.first_row)
        beside = [each for each in percents if (low <= each[0] < start if before else end <= each[0] < high)]
        if len(beside) == 1:
            begin, stop, percent = beside[0]
            paired.add(begin)
            found.append((Sighting(passage, min(start, begin), max(end, stop)), GrapeShare(name, percent)))
    loose = [Sighting(passage, at, end) for at, end, percent in percents if at not in paired and percent < _WHOLE]
    return found, loose


def _percents(passage: Passage) -> Iterator[tuple[int, int, Decimal]]:
    """Percentages of the first row: first word, end, number. Words are split at commas, and a lone sign is no word."""
    row, text = passage.first_row, passage.row_text(0)
    for at, token in enumerate(row):
        read = _PERCENT.match(token.text)
        if not read:
            continue
        signed = bool(read[2]) or re.search(rf"(?<!\d){re.escape(read[1])} ?%", text) is not None
        named = at + 1 < len(row) and bool(_SIGN.match(row[at + 1].text))
        before = row[at - 1].text if at else ""
        whole = _DECIMAL_COMMA.match(before) is not None and f"{before}{read[1]}" in text
        number = f"{before[:-1]}.{read[1]}" if whole else read[1].replace(",", ".")
        if (signed or named) and Decimal(number) <= _WHOLE:
            yield at - whole, at + 1 + (named and not read[2]), Decimal(number)


def _once(shares: Sequence[Statement[GrapeShare]]) -> tuple[Statement[GrapeShare], ...]:
    """Without what the same image prints a second time."""
    kept: list[Statement[GrapeShare]] = []
    for share in shares:
        if not any(share.value == other.value and share.evidence[0].image == other.evidence[0].image for other in kept):
            kept.append(share)
    return tuple(kept)
