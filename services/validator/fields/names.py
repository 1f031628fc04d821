"""Names on a label: brand, fanciful name, class and type, name and address, origin, appellation, vintage and grapes.

The facade of this package's modules for names: one reading for the rules and the answer. What the application gives is
looked for as a known string; the rest is extracted.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.validator.fields.address_grammar import NameAndAddress, parse_name_and_address
from services.validator.fields.appellation import (
    APPELLATION_WORDS,
    Appellation,
    chosen_appellation,
    read_appellations,
)
from services.validator.fields.brand import BrandCandidate, brand_candidates, weighed_names
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
from services.validator.fields.fanciful import read_fanciful_name
from services.validator.fields.grape_shares import ShareList, read_share_lists, read_unshared_grapes
from services.validator.fields.known_names import NameMatch, match_name
from services.validator.fields.model import Statement
from services.validator.fields.name_address import chosen_address, read_names_and_addresses
from services.validator.fields.origin import OriginStatement, read_origins
from services.validator.fields.passages import LabelText, key_of
from services.validator.fields.sulfites import read_sulfites
from services.validator.fields.varietals import read_grapes, split_grapes
from services.validator.fields.vintage import read_vintages
from services.validator.submission import Application

_NONE = frozenset({"", "na", "none", "n/a"})


@dataclass(frozen=True, slots=True)
class NamesReading:
    """Everything that the rules for names need.

    The plural fields hold every candidate, the likeliest first; the matches tell how the label prints what the
    application gives, None where it gives nothing. `share_lists` are grapes with their percentages, `unshared_grapes`
    lines of several grapes without; `sulfites` is every mention of sulfites or a sulfiting agent.
    """

    brand_candidates: tuple[BrandCandidate, ...] = ()
    brand_match: NameMatch | None = None
    fanciful_match: NameMatch | None = None
    fanciful_candidate: Statement[str] | None = None
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
    share_lists: tuple[ShareList, ...] = ()
    unshared_grapes: tuple[Statement[tuple[str, ...]], ...] = ()
    sulfites: tuple[Statement[str], ...] = ()

    @property
    def brand(self) -> Statement[str] | None:
        """The brand name: as the application gives it when the label prints that, else the likeliest name."""
        if self.brand_match is not None and self.brand_match.statement is not None:
            return self.brand_match.statement
        return self.brand_candidates[0].statement if self.brand_candidates else None

    @property
    def fanciful_name(self) -> Statement[str] | None:
        """The fanciful name that the application gives, as the label prints it; without one the likeliest name."""
        return self.fanciful_match.statement if self.fanciful_match is not None else self.fanciful_candidate

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
    weighed = weighed_names(text)
    printed = bool(class_type) and code_named(class_type) is None and not is_code_without_set(class_type)
    return NamesReading(
        brand_candidates=brand_candidates(weighed),
        brand_match=_match(text, application.brand_name, neutral - {key_of(application.brand_name)}, sole=True),
        fanciful_match=_match(
            text, application.fanciful_name, neutral - {key_of(application.fanciful_name)}, sole=True
        ),
        fanciful_candidate=None if given(application.brand_name) else read_fanciful_name(weighed),
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
        share_lists=read_share_lists(text),
        unshared_grapes=read_unshared_grapes(text),
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
