"""Names on a label: brand, fanciful name, class and type, name and address, origin, appellation, vintage and grapes.

The facade of this package's modules for names: one reading for the rules and the answer, and the places that another
look would settle. What the application gives is looked for as a known string; the rest is extracted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.common.page import Page, Polygon, bounds
from services.validator.fields.address_grammar import NameAndAddress, parse_name_and_address
from services.validator.fields.appellation import (
    APPELLATION_WORDS,
    Appellation,
    appellation_named,
    chosen_appellation,
    read_appellations,
)
from services.validator.fields.brand import BrandCandidate, read_brand_candidates
from services.validator.fields.brand_words import generic_words, separate_items
from services.validator.fields.class_choice import (
    ClassChoice,
    choose_class,
    read_foreign_designations,
    read_varietal_designations,
)
from services.validator.fields.class_type import (
    Designation,
    code_named,
    is_code_without_set,
    read_designations,
)
from services.validator.fields.known_names import NameMatch, match_name
from services.validator.fields.layout import quarter_turn
from services.validator.fields.model import (
    SURE_CONFIDENCE,
    SURE_LOOKS,
    LabelPanel,
    Statement,
    images_of,
)
from services.validator.fields.name_address import chosen_address, read_names_and_addresses
from services.validator.fields.origin import OriginStatement, read_origins
from services.validator.fields.passages import LabelText, key_of
from services.validator.fields.second_look import Place, around
from services.validator.fields.sulfites import read_sulfites
from services.validator.fields.varietals import read_grapes, same_grape, split_grapes
from services.validator.fields.vintage import read_vintages
from services.validator.submission import Application

_MAX_PLACES = 5
_MOST_OF_A_KIND = 2
_SCALE = 2.0
_NONE = frozenset({"", "na", "none", "n/a"})


@dataclass(frozen=True, slots=True)
class NamesReading:
    """Everything that the rules for names need.

    The plural fields hold every candidate, the likeliest first; the matches tell how the label prints what the
    application gives, None where it gives nothing. `sulfites` is every mention of sulfites or a sulfiting agent.
    """

    brand_candidates: tuple[BrandCandidate, ...] = ()
    brand_match: NameMatch | None = None
    fanciful_match: NameMatch | None = None
    designations: tuple[Statement[Designation], ...] = ()
    varietal_designations: tuple[Statement[Designation], ...] = ()
    foreign_designations: tuple[Statement[Designation], ...] = ()
    class_match: NameMatch | None = None
    claimed_class: str = ""
    addresses: tuple[Statement[NameAndAddress], ...] = ()
    address_match: NameMatch | None = None
    claimed_address: NameAndAddress | None = None
    origins: tuple[Statement[OriginStatement], ...] = ()
    appellations: tuple[Statement[Appellation], ...] = ()
    appellation_match: NameMatch | None = None
    vintages: tuple[Statement[int], ...] = ()
    grapes: tuple[Statement[str], ...] = ()
    grape_matches: tuple[NameMatch, ...] = ()
    sulfites: tuple[Statement[str], ...] = ()

    @property
    def brand(self) -> Statement[str] | None:
        """The brand name: as the application gives it when the label prints that, else the likeliest name."""
        if self.brand_match is not None and self.brand_match.statement is not None:
            return self.brand_match.statement
        return self.brand_candidates[0].statement if self.brand_candidates else None

    @property
    def fanciful_name(self) -> Statement[str] | None:
        """The fanciful name that the application gives, as the label prints it."""
        return self.fanciful_match.statement if self.fanciful_match is not None else None

    @property
    def class_choice(self) -> ClassChoice:
        """Which designation is shown, and whether another one may be meant."""
        return choose_class(
            self.designations,
            self.varietal_designations,
            self.foreign_designations,
            self.grapes,
            self.claimed_class,
            self.class_match,
        )

    @property
    def class_type(self) -> Statement[Designation] | None:
        """The class of the standards of identity; on wine without one what stands in its place (27 CFR 4.23, 4.34)."""
        return self.designations[0] if self.designations else self.class_choice.statement

    @property
    def name_and_address(self) -> Statement[NameAndAddress] | None:
        """The statement that counts: the application's when it is printed, else the importer's or the bottler's."""
        return chosen_address(self.addresses, self.claimed_address)

    @property
    def country_of_origin(self) -> Statement[OriginStatement] | None:
        """The clearest statement of origin."""
        return self.origins[0] if self.origins else None

    @property
    def appellation(self) -> Statement[Appellation] | None:
        """The application's appellation when the label prints it, else the likeliest."""
        return chosen_appellation(self.appellations, self.appellation_match)

    @property
    def vintage(self) -> Statement[int] | None:
        """The vintage date."""
        return self.vintages[0] if self.vintages else None

    @property
    def varietals(self) -> Statement[tuple[str, ...]] | None:
        """The grape names of the designation or list, each once."""
        if not self.grapes:
            return None
        distinct: dict[str, Statement[str]] = {}
        for grape in self.grapes:
            distinct.setdefault(key_of(grape.value), grape)
        every = tuple(distinct.values())
        return Statement(
            tuple(grape.value for grape in every),
            ", ".join(grape.text for grape in every),
            min(grape.confidence for grape in every),
            tuple(place for grape in every for place in grape.evidence),
            min(grape.alike for grape in every),
        )


def given(value: str) -> str:
    """A field of the application; `N/A` and `NONE` mean empty (rulebook A1)."""
    return "" if value.strip().casefold() in _NONE else value.strip()


def read_names(text: LabelText, application: Application) -> NamesReading:
    """Read every name on the label, looking for what the application gives."""
    addresses = read_names_and_addresses(text)
    appellations = read_appellations(text)
    neutral = _neutral(application)
    claimed = parse_name_and_address(given(application.name_and_address))
    class_type = given(application.class_type)
    printed = bool(class_type) and code_named(class_type) is None and not is_code_without_set(class_type)
    return NamesReading(
        brand_candidates=read_brand_candidates(text),
        brand_match=_match(text, application.brand_name, neutral - {key_of(application.brand_name)}, sole=True),
        fanciful_match=_match(
            text, application.fanciful_name, neutral - {key_of(application.fanciful_name)}, sole=True
        ),
        designations=read_designations(text),
        varietal_designations=read_varietal_designations(text, appellations),
        foreign_designations=read_foreign_designations(text),
        class_match=_match(text, class_type, generic_words() - _words(class_type)) if printed else None,
        claimed_class=class_type,
        addresses=addresses,
        address_match=_match(text, claimed.name, neutral | frozenset({"by", "for"})),
        claimed_address=claimed if claimed.name or claimed.city else None,
        origins=read_origins(text, addresses, appellations),
        appellations=appellations,
        appellation_match=_match(text, _first_part(application.appellation), neutral | APPELLATION_WORDS),
        vintages=read_vintages(text),
        grapes=read_grapes(text),
        grape_matches=tuple(
            match
            for name in split_grapes(given(application.varietals))
            if (match := _match(text, name, neutral)) is not None
        ),
        sulfites=read_sulfites(text),
    )


def _first_part(appellation: str) -> str:
    """The area without an added State: `Napa Valley` of `Napa Valley, California`."""
    return given(appellation).split(",")[0]


def _match(text: LabelText, wanted: str, neutral: frozenset[str], *, sole: bool = False) -> NameMatch | None:
    wanted = given(wanted)
    return match_name(text, wanted, neutral, sole=sole) if wanted else None


def _words(name: str) -> frozenset[str]:
    return frozenset(key_of(word) for word in name.split())


def _neutral(application: Application) -> frozenset[str]:
    """Keys of the items that may stand beside a name."""
    others = (
        application.brand_name,
        application.fanciful_name,
        application.class_type,
        application.appellation,
        application.varietals,
        application.country_of_origin,
    )
    known = frozenset(key_of(part) for other in others for part in (given(other), *given(other).split(",")))
    return (known | separate_items()) - {"", "wine", "wines", "spirits", "beer", "georgia"}


def names_second_looks(
    panels: tuple[LabelPanel, ...], reading: NamesReading, application: Application, round_number: int
) -> tuple[Place, ...]:
    """Enlarged crops of at most 5 places whose reading would decide something; only in round 1.

    Those are readings that differ from the application, then mandatory items that were not surely read, then what a
    rule may hold against the label. A reading that several looks share already is left alone.
    """
    if round_number != 1:
        return ()
    wanted = (*_differing(reading, application), *_mandatory(reading), *_limiting(reading))
    return _places(panels, [statement for statement in wanted if statement.alike < SURE_LOOKS])


def _differing(reading: NamesReading, application: Application) -> Iterator[Statement[object]]:
    """What the label prints where the application says something else."""
    matches = (
        reading.brand_match,
        reading.fanciful_match,
        reading.class_match,
        reading.address_match,
        reading.appellation_match,
    )
    for match in (*matches, *reading.grape_matches):
        if match is not None and match.statement is not None and not match.found:
            yield match.statement
    claimed = parse_name_and_address(given(application.name_and_address))
    if claimed.in_the_united_states and not any(address.value.same_place(claimed) for address in reading.addresses):
        yield from reading.addresses[:_MOST_OF_A_KIND]
    appellation = appellation_named(given(application.appellation))
    if appellation is not None and all(key_of(a.value.name) != key_of(appellation.name) for a in reading.appellations):
        yield from reading.appellations[:_MOST_OF_A_KIND]
    vintage = given(application.vintage)
    if vintage and reading.vintage is not None and str(reading.vintage.value) != vintage:
        yield reading.vintage
    grapes = split_grapes(given(application.varietals))
    if grapes:
        yield from (grape for grape in reading.grapes if not any(same_grape(name, grape.value) for name in grapes))
    if given(application.country_of_origin) and reading.country_of_origin is not None:
        yield reading.country_of_origin
    code = code_named(given(application.class_type))
    if code is not None:
        yield from [each for each in reading.designations if not code.admits(each.value)][:_MOST_OF_A_KIND]


def _mandatory(reading: NamesReading) -> Iterator[Statement[object]]:
    """Mandatory items that were not surely read, or not wholly."""
    for statement in (reading.brand, reading.class_type, reading.name_and_address):
        if statement is not None and statement.confidence < SURE_CONFIDENCE:
            yield statement
    if not any(address.value.complete for address in reading.addresses):
        yield from reading.addresses[:_MOST_OF_A_KIND]


def _limiting(reading: NamesReading) -> Iterator[Statement[object]]:
    """Designations that promise a strength, unless the application confirms them."""
    if reading.class_match is None or not reading.class_match.found:
        yield from [each for each in reading.designations if each.value.limits_strength][:_MOST_OF_A_KIND]


def _places(panels: tuple[LabelPanel, ...], wanted: Sequence[Statement[object]]) -> tuple[Place, ...]:
    """One crop around the whole of each statement on each of its images; crops that overlap are one."""
    pages = {panel.index: panel.page for panel in panels}
    found: list[Place] = []
    for statement in wanted:
        for image in sorted(images_of(statement.evidence) & pages.keys()):
            polygons = [place.polygon for place in statement.evidence if place.image == image and place.polygon]
            if polygons:
                _add(found, _crop(image, pages[image], polygons))
    return tuple(found[:_MAX_PLACES])


def _crop(image: int, page: Page, polygons: list[Polygon]) -> Place:
    left, top, right, bottom = bounds(polygons[0])
    angle = _angle_at(page, (left + right) // 2, (top + bottom) // 2)
    margin = 0.5 * min(right - left, bottom - top) + 4
    return around(image, page, polygons, margin=margin, angle=angle, scale=_SCALE)


def _add(places: list[Place], place: Place) -> None:
    """Add a place, or widen the first one that it overlaps."""
    for at, other in enumerate(places):
        if _overlap(other, place):
            places[at] = replace(
                other,
                left=min(other.left, place.left),
                top=min(other.top, place.top),
                right=max(other.right, place.right),
                bottom=max(other.bottom, place.bottom),
            )
            return
    places.append(place)


def _overlap(one: Place, other: Place) -> bool:
    return (
        (one.image, one.reading_angle) == (other.image, other.reading_angle)
        and max(one.left, other.left) < min(one.right, other.right)
        and max(one.top, other.top) < min(one.bottom, other.bottom)
    )


def _angle_at(page: Page, x: int, y: int) -> int:
    """The direction of the text at a point."""
    for line in page.lines:
        if line.polygon:
            left, top, right, bottom = bounds(line.polygon)
            if left <= x <= right and top <= y <= bottom:
                return quarter_turn(line.angle_degrees)
    return 0
