"""Net contents: every volume that the label states, and the one that stands for it (27 CFR 4.37, 5.70, 7.70).

Metric and U.S. statements side by side are one group: the same contents said twice. Kegs offer sizes to be ticked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.common.page import bounds
from services.validator.fields.agreement import Finding, places_to_read_again, statements
from services.validator.fields.model import SURE_LOOKS, FieldName, LabelField, LabelPanel, Statement
from services.validator.fields.net_grammar import parse_volumes, without_number
from services.validator.fields.numbers import printed_number
from services.validator.fields.runs import Run
from services.validator.fields.second_look import Place
from services.validator.fields.shown import Hesitation, shown, unreadable
from services.validator.fields.text import n1, n2
from services.validator.fields.trust import Doubt
from services.validator.fields.units import Measure, System, Unit, Volume, same_volume

__all__ = [
    "NetContents",
    "NetContentsReading",
    "net_contents_field",
    "net_contents_second_looks",
    "parse_net_contents_application",
    "read_net_contents",
]

_MOST_PLACES = 4
_SCALE = 2.0
_GROUP_GAP = 4.0
_SMALLEST_KEG = Decimal(256)
_EMPTY = frozenset({"", "n/a", "na", "none"})
_BARE_NUMBER = re.compile(
    r"(?:net\s?cont(?:ents?)?\W*)?(?P<number>50|100|187|200|355|375|500|700|720|750|900)\W*", re.IGNORECASE
)
_FURNITURE = re.compile(
    r"\b(?:net\s?cont(?:ents?|s)?|contents?|contains?|sulfites?|alc(?:ohol)?|by|vol(?:ume)?|proof|fl|oz|ml|cl|pint|gallons?|u\.s)\b|[\d.,%/()|-]+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NetContents:
    """A volume as stated.

    `parenthesised`: in parentheses. `prose`: how many words of other text share its line. `choice`: one of several
    sizes on a keg collar, to be ticked. `group`: statements of one group stand together. `without_unit`: a number that
    is a common size and stands alone, taken for millilitres.
    """

    volume: Volume
    parenthesised: bool = False
    prose: int = 0
    choice: bool = False
    group: int = 0
    without_unit: bool = False

    @property
    def millilitres(self) -> Decimal:
        """The volume in millilitres."""
        return self.volume.millilitres

    @property
    def system(self) -> System:
        """Metric or U.S."""
        return self.volume.system

    @property
    def bare_ounce(self) -> bool:
        """Whether it says `oz` without `fl`: mass or volume."""
        return any(part.unit is Unit.OUNCE for part in self.volume.parts)

    @property
    def decimal_comma(self) -> bool:
        """Whether a number is printed with a comma for the point."""
        return any(part.decimal_comma for part in self.volume.parts)


@dataclass(frozen=True, slots=True)
class NetContentsReading:
    """All volumes that the label states, and `chosen`, the one that stands for it (None: none with a unit).

    `unreadable` are places that tell of net contents while no number was read there; looked for only when there is
    nothing else.
    """

    statements: tuple[Statement[NetContents], ...] = ()
    without_unit: tuple[Statement[NetContents], ...] = ()
    chosen: Statement[NetContents] | None = None
    unreadable: tuple[Statement[str], ...] = ()

    def of(self, system: System) -> tuple[Statement[NetContents], ...]:
        """The statements in one system."""
        return tuple(one for one in self.statements if one.value.system is system)

    @property
    def choices(self) -> tuple[Statement[NetContents], ...]:
        """Sizes to be ticked on a keg collar."""
        return tuple(one for one in self.statements if one.value.choice)

    @property
    def millilitres(self) -> Decimal | None:
        """The container's volume as the chosen statement gives it."""
        return self.chosen.value.millilitres if self.chosen is not None and not self.choices else None

    def pairs(self) -> tuple[tuple[Statement[NetContents], Statement[NetContents]], ...]:
        """Metric and U.S. statements that stand for the same contents: those of one group, else the only ones."""
        metric, us = self.of(System.METRIC), self.of(System.US)
        together = tuple((one, other) for one in metric for other in us if one.value.group == other.value.group)
        if together or self.choices:
            return together
        return ((metric[0], us[0]),) if len(metric) == 1 and len(us) == 1 else ()


def read_net_contents(panels: tuple[LabelPanel, ...]) -> NetContentsReading:
    """Every volume on the panels, in all looks, and the chosen one."""
    found = _with_choices(_grouped(statements(panels, _find, _alike)))
    bare = () if found else statements(panels, _find_bare, _alike)
    places = () if found or bare else statements(panels, _find_without_number, lambda _one, _other: True)
    return NetContentsReading(found, bare, _choose(found), places)


def _find(run: Run) -> Iterator[Finding[NetContents]]:
    for parsed in parse_volumes(run.text):
        located = run.located(parsed.start, parsed.end)
        first = run.text.rfind("\n", 0, parsed.start) + 1
        last = run.text.find("\n", parsed.end)
        around = run.text[first : parsed.start] + " " + run.text[parsed.end : last if last >= 0 else len(run.text)]
        prose = len([word for word in _FURNITURE.sub(" ", around).split() if len(word) > 1])
        value = NetContents(parsed.volume, parsed.parenthesised, prose)
        yield Finding(value, located, -len(parsed.volume.parts))


def _find_bare(run: Run) -> Iterator[Finding[NetContents]]:
    match = _BARE_NUMBER.fullmatch(run.text)
    if match is not None:
        volume = Volume((Measure(Decimal(match["number"]), Unit.MILLILITRE),))
        yield Finding(NetContents(volume, without_unit=True), run.located(0, len(run.text)), 0, doubtful=True)


def _find_without_number(run: Run) -> Iterator[Finding[str]]:
    for start, end in without_number(run.text):
        located = run.located(start, end)
        yield Finding(located.text, located, 0)


def _alike(one: NetContents, other: NetContents) -> bool:
    return one.volume.total == other.volume.total and [part.unit for part in one.volume.parts] == [
        part.unit for part in other.volume.parts
    ]


def _grouped(found: Sequence[Statement[NetContents]]) -> tuple[Statement[NetContents], ...]:
    groups: list[int] = []
    for number, one in enumerate(found):
        near = next((groups[at] for at, other in enumerate(found[:number]) if _together(one, other)), number)
        groups.append(near)
    return tuple(replace(one, value=replace(one.value, group=group)) for one, group in zip(found, groups, strict=True))


def _together(one: Statement[NetContents], other: Statement[NetContents]) -> bool:
    here, there = one.evidence[0], other.evidence[0]
    if here.image != there.image or not here.polygon or not there.polygon:
        return False
    left, top, right, bottom = bounds(here.polygon)
    other_left, other_top, other_right, other_bottom = bounds(there.polygon)
    across = max(left, other_left) - min(right, other_right)
    down = max(top, other_top) - min(bottom, other_bottom)
    return max(across, down) <= _GROUP_GAP * min(
        right - left, bottom - top, other_right - other_left, other_bottom - other_top
    )


def _with_choices(found: Sequence[Statement[NetContents]]) -> tuple[Statement[NetContents], ...]:
    kegs = [one for one in found if one.value.system is System.US and one.value.volume.total >= _SMALLEST_KEG]
    if len({one.value.volume.total for one in kegs}) < 2:
        return tuple(found)
    return tuple(replace(one, value=replace(one.value, choice=True)) if one in kegs else one for one in found)


def _choose(found: Sequence[Statement[NetContents]]) -> Statement[NetContents] | None:
    return min(
        found,
        key=lambda one: (
            one.value.bare_ounce,
            one.value.prose > 0,
            one.value.parenthesised,
            one.value.volume.parts[0].unit is Unit.CENTILITRE,
            -min(one.alike, SURE_LOOKS),
            one.value.prose,
        ),
        default=None,
    )


def net_contents_field(reading: NetContentsReading) -> LabelField:
    """The field of the answer: `750 mL`, `1 PINT 9.4 FL OZ`; sizes to be ticked are joined by `or`."""
    name = FieldName.NET_CONTENTS
    chosen = reading.chosen
    if chosen is None:
        if reading.without_unit:
            bare = reading.without_unit[0]
            return shown(name, "", bare, Hesitation(Doubt.INCOMPLETE, "No unit could be read beside the number."))
        if reading.unreadable:
            place = reading.unreadable[0]
            return unreadable(name, place, f"“{place.text}” stands here, but no number could be read with it.")
        return LabelField(name)
    sizes = reading.choices or (chosen,)
    together = Statement(
        " or ".join(dict.fromkeys(str(one.value.volume) for one in sizes)),
        " / ".join(dict.fromkeys(one.text for one in sizes)),
        min(one.confidence for one in sizes),
        tuple(place for one in sizes for place in one.evidence),
        min(one.alike for one in sizes),
        tuple(text for one in sizes for text in one.disputes),
    )
    return shown(name, together.value, together, twice_is_sure=True)


def net_contents_second_looks(
    panels: tuple[LabelPanel, ...], reading: NetContentsReading, round_number: int
) -> tuple[Place, ...]:
    """Round 1: enlarged crops of statements that were read in one look only, the chosen first. Later rounds: none."""
    if round_number != 1:
        return ()
    ordered = sorted((*reading.statements, *reading.without_unit), key=lambda one: one is not reading.chosen)
    wanted = [one for one in (*ordered, *reading.unreadable) if one.alike < SURE_LOOKS]
    return places_to_read_again(panels, wanted, scale=_SCALE, most=_MOST_PLACES)


_NUMBER_ALONE = re.compile(r"[\d.,]+")
_HELP = "give a volume with its unit such as 750 mL or 1 PINT 9.4 FL OZ; several sizes are separated by semicolons"


def parse_net_contents_application(text: str) -> tuple[Volume, ...]:
    """The sizes that the application's text gives, none for `N/A`, `NA`, `NONE` and empty text.

    A number alone means millilitres. Raises ValueError, saying what to give instead, for text that is no volume.
    """
    if n2(text) in _EMPTY:
        return ()
    wanted = n1(text)
    if _NUMBER_ALONE.fullmatch(wanted) and (number := printed_number(wanted)) is not None and number.value > 0:
        return (Volume((Measure(number.value, Unit.MILLILITRE),)),)
    sizes: list[Volume] = []
    for parsed in parse_volumes(wanted):
        if not any(same_volume(parsed.volume, size) for size in sizes):
            sizes.append(parsed.volume)
    if not sizes:
        raise ValueError(f"{text!r} is no volume: {_HELP}")
    return tuple(sizes)
