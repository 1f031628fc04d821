"""The label against the application (TTB F 5100.31): rulebook section 7, A2.

What the application gives was looked for as a known string. Only a reading that is surely another one is a violation;
what was not read is never a pass.
"""

from __future__ import annotations

from services.validator.fields.address_grammar import NameAndAddress, parse_name_and_address, without_suffix
from services.validator.fields.appellation import REGIONS, Appellation, AppellationKind, appellation_named
from services.validator.fields.known_names import Likeness, NameMatch, match_name
from services.validator.fields.model import Statement
from services.validator.fields.names import given
from services.validator.fields.passages import key_of
from services.validator.fields.places import country_named, state_named
from services.validator.fields.text import n4
from services.validator.fields.varietals import same_grape, split_grapes
from services.validator.label import Label
from services.validator.rules.comparison import compared, differs, listed_names, not_read, surest
from services.validator.rules.measures import weight
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.origin import clear_origins
from services.validator.submission import Mode, Origin, ProductType

_WINE = [ProductType.WINE]


@rule(
    "app.brand-name",
    title="Brand name as on the application",
    citation="27 CFR 4.33, 5.64, 7.64; TTB F 5100.31 item 6",
    severity=Severity.VIOLATION,
)
def app_brand_name(label: Label) -> Result:
    """The label prints the application's brand name; case, punctuation, accents and spaces are free, words are not."""
    match = label.names.brand_match
    if match is not None and match.likeness is Likeness.BUSINESS_WORD and match.statement is not None:
        listed = (match_name(label.text, name) for name in listed_names(label) if _is_form_of(name, match.wanted))
        printed = next((form.statement for form in listed if form.found and form.statement is not None), None)
        if printed is not None:
            why = " It is a name of the permit."
            return differs("brand name", match.wanted, printed, severity=Severity.INFORMATION, why=why)
    return compared("brand name", match)


def _is_form_of(listed: str, wanted: str) -> bool:
    """Whether one of two names is the other with words more."""
    one, other = key_of(listed), key_of(wanted)
    return one != other and (one in other or other in one)


@rule(
    "app.fanciful-name",
    title="Fanciful name as on the application",
    citation="27 CFR 5.63(a)(2), 7.147(a); TTB F 5100.31 item 7",
    severity=Severity.VIOLATION,
)
def app_fanciful_name(label: Label) -> Result:
    """The label prints the application's fanciful name on any panel; once approved it may be deleted."""
    market = label.submission.mode is Mode.MARKET_CHECK
    match = label.names.fanciful_match
    if match is not None and match.likeness is Likeness.LONGER and match.statement is not None:
        why = " Descriptive words often follow a fanciful name."
        return differs("fanciful name", match.wanted, match.statement, severity=Severity.REVIEW, why=why)
    return compared("fanciful name", match, unread=Severity.INFORMATION if market else Severity.REVIEW)


@rule(
    "app.name-address",
    title="Name and address as on the application",
    citation="27 CFR 4.35, 5.66 to 5.68, 7.66 to 7.68; TTB F 5100.31 item 8",
    severity=Severity.VIOLATION,
)
def app_name_address(label: Label) -> Result:
    """The label gives the applicant's name or trade name with the same city and State; street and suffix are free."""
    wanted = given(label.submission.application.name_and_address)
    if not wanted:
        return NOT_APPLICABLE
    claimed = parse_name_and_address(wanted)
    addresses = label.names.addresses
    if not claimed.name and any(s.value.same_place(claimed) for s in addresses):
        return PASS
    trade_names = {without_suffix(name) for name in listed_names(label)}
    named = [
        s
        for s in addresses
        if s.value.name and (_same_name(s.value, claimed) or without_suffix(s.value.name) in trade_names)
    ]
    found = label.names.address_match is not None and label.names.address_match.found
    here = [s for s in addresses if s.value.same_place(claimed)]
    if named and not claimed.in_the_united_states:
        return PASS
    if any(s in here for s in named):
        return _suffix(claimed, next(s for s in named if s in here), trade_names)
    if found and here:
        return PASS
    placed = surest(s for s in named if s.value.in_the_united_states)
    if placed is not None:
        return _elsewhere(label, wanted, claimed, placed)
    if not claimed.name and label.complete:
        elsewhere = [s for s in addresses if s.value.in_the_united_states]
        only = surest(elsewhere)
        # What the application runs together may end in the city (`Elm Imports Reno, NV`).
        if (
            only is not None
            and all(s.value.same_place(only.value) for s in elsewhere)
            and (only.value.state != claimed.state or key_of(only.value.city) not in key_of(wanted))
        ):
            return _elsewhere(label, wanted, claimed, only)
    if found or named:
        return fail(Severity.REVIEW, f"The city and State beside {claimed.name} were not read.", expected=wanted)
    match = label.names.address_match
    if here or (match is not None and match.statement is not None):
        near = here[0] if here else None
        text = near.value.name if near else (match.statement.text if match and match.statement else "")
        evidence = near.evidence if near else (match.statement.evidence if match and match.statement else ())
        return fail(
            Severity.REVIEW,
            f"The label names {text or 'nobody'} where the application names {claimed.name}"
            + ("; the permit does not list it." if trade_names else "; it may be a listed trade name."),
            expected=claimed.name,
            found=text,
            evidence=evidence,
        )
    return not_read("name and address", wanted)


def _same_name(printed: NameAndAddress, claimed: NameAndAddress) -> bool:
    together = bool(claimed.letters) and printed.letters == claimed.letters
    return together or without_suffix(printed.name) == without_suffix(claimed.name)


def _suffix(claimed: NameAndAddress, printed: Statement[NameAndAddress], trade_names: set[str]) -> Result:
    if n4(printed.value.name) == n4(claimed.name) or printed.value.letters == claimed.letters:
        return PASS
    if without_suffix(printed.value.name) in trade_names - {without_suffix(claimed.name)}:
        return PASS
    return differs(
        "name", claimed.name, printed, severity=Severity.INFORMATION, why=" Only the corporate suffix differs."
    )


def _elsewhere(label: Label, wanted: str, claimed: NameAndAddress, printed: Statement[NameAndAddress]) -> Result:
    same_state = printed.value.state == claimed.state
    allowed = same_state and label.submission.mode is Mode.MARKET_CHECK
    what = "city" if same_state else "State"
    severity = Severity.INFORMATION if allowed else weight(printed)
    return differs("name and address", wanted, printed, severity=severity, why=f" The {what} differs.")


@rule(
    "app.origin-code",
    title="Origin as on the application",
    citation="27 CFR 4.25, 5.69, 7.69",
    severity=Severity.VIOLATION,
)
def app_origin_code(label: Label) -> Result:
    """A country is compared with the country of origin, a State with the appellation of a wine or the address."""
    wanted = given(label.submission.application.country_of_origin)
    if not wanted:
        return NOT_APPLICABLE
    country = country_named(wanted)
    state = state_named(wanted)
    if state is not None and (country is None or label.origin is not Origin.IMPORTED):
        return _state(label, wanted, state)
    if country is None:
        return fail(
            Severity.REVIEW, f"{wanted} is no country or State known here; a person has to compare it.", expected=wanted
        )
    clear = clear_origins(label)
    stated = clear or tuple(s for s in label.names.origins if s.value.country is not None)
    for statement in stated:
        if statement.value.country is not None and statement.value.country.same(country):
            return (
                PASS
                if statement in clear
                else differs("country of origin", wanted, statement, severity=Severity.REVIEW)
            )
    printed = surest(stated)
    if printed is not None:
        return differs("country of origin", wanted, printed, severity=None if clear else Severity.REVIEW)
    if country.name == "United States" and any(
        s.value.in_the_united_states and s.value.function for s in label.names.addresses
    ):
        return PASS
    return not_read("country of origin", wanted)


def _state(label: Label, wanted: str, state: str) -> Result:
    if label.product_type is ProductType.WINE:
        areas = [area for area in label.names.appellations if area.value.states]
        if any(state in area.value.states for area in areas):
            return PASS
        if areas:
            return differs("appellation", wanted, areas[0], severity=Severity.REVIEW, why=" It lies in another State.")
    addresses = [s for s in label.names.addresses if s.value.in_the_united_states]
    if any(statement.value.state == state for statement in addresses):
        return PASS
    if addresses:
        return differs("address", wanted, addresses[0], severity=Severity.REVIEW, why=" It is in another State.")
    return not_read("origin", wanted)


@rule(
    "app.appellation",
    title="Appellation as on the application",
    citation="27 CFR 4.25, 4.34(b); TTB F 5100.31 item 11",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def app_appellation(label: Label) -> Result:
    """The label prints the application's appellation; a larger or smaller area in its place is another one."""
    wanted = given(label.submission.application.appellation)
    if not wanted:
        return NOT_APPLICABLE
    claimed = appellation_named(wanted)
    printed = label.names.appellations
    match = label.names.appellation_match
    if claimed is None:
        found = match is not None and match.found
        return PASS if found else _other_area(label, wanted, list(printed), match)
    equal = [area for area in printed if key_of(area.value.name) == key_of(claimed.name)]
    others = [
        area
        for area in printed
        if key_of(area.value.name) not in key_of(claimed.name) and not _contains(area.value, claimed)
    ]
    if equal and others:
        return differs("appellation", wanted, others[0], severity=Severity.REVIEW, why=" Both are on the label.")
    if equal:
        return PASS
    return _other_area(label, wanted, others or list(printed), match)


def _contains(area: Appellation, claimed: Appellation) -> bool:
    """Whether an area is only the State added to the claimed one."""
    return area.kind in (AppellationKind.STATE, AppellationKind.AMERICAN) and (
        not claimed.states or set(area.states) >= set(claimed.states)
    )


def _other_area(label: Label, wanted: str, printed: list[Statement[Appellation]], match: NameMatch | None) -> Result:
    """The result when the claimed area was not read: another one is printed in its place, or none."""
    areas = [area for area in printed if _is_known(area.value)]
    best = surest(areas)
    if match is not None and match.statement is not None and not _is_part_of(match, best):
        severe = match.likeness is Likeness.DIFFERENT
        return differs("appellation", wanted, match.statement, severity=None if severe else Severity.REVIEW)
    if best is None:
        missing = label.shows_everything and not printed
        return not_read("appellation", wanted, Severity.VIOLATION if missing else Severity.REVIEW)
    # Beside several areas the claimed one may stand unread; and no State of an importer's address is one of an import.
    american = label.origin is not Origin.IMPORTED and areas[0].value.kind is not AppellationKind.FOREIGN
    severe = american or (label.complete and all(area.sure and _is_foreign(area.value) for area in areas))
    return differs("appellation", wanted, best, severity=None if severe else Severity.REVIEW)


def _is_part_of(match: NameMatch, area: Statement[Appellation] | None) -> bool:
    """Whether all that was read of the claimed area is a word that another one has too, such as Valley."""
    if area is None or match.statement is None or match.likeness is not Likeness.ALIKE:
        return False
    return key_of(match.statement.text) in key_of(area.value.name)


def _is_known(area: Appellation) -> bool:
    """Whether a list knows the area, so that no misread words are taken for one."""
    return not _is_foreign(area) or key_of(area.name) in REGIONS


def _is_foreign(area: Appellation) -> bool:
    return area.kind is AppellationKind.FOREIGN


@rule(
    "app.vintage",
    title="Vintage as on the application",
    citation="27 CFR 4.27",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def app_vintage(label: Label) -> Result:
    """The vintage date is the application's; once approved it may be added, changed or deleted."""
    wanted = given(label.submission.application.vintage)
    if not wanted:
        return NOT_APPLICABLE
    market = label.submission.mode is Mode.MARKET_CHECK
    years = label.names.vintages
    if any(str(statement.value) == wanted for statement in years):
        return PASS
    if years:
        return differs("vintage", wanted, years[0], severity=Severity.INFORMATION if market else None)
    return not_read("vintage", wanted, Severity.INFORMATION if market else Severity.REVIEW)


@rule(
    "app.varietal",
    title="Grape varietals as on the application",
    citation="27 CFR 4.23; TTB F 5100.31 item 10",
    severity=Severity.VIOLATION,
    applies_to=_WINE,
)
def app_varietal(label: Label) -> Result:
    """The grapes of the designation or the percentage list are the application's, synonyms of 27 CFR 4.91 alike."""
    wanted = split_grapes(given(label.submission.application.varietals))
    if not wanted:
        return NOT_APPLICABLE
    printed = label.names.grapes
    spoken = ", ".join(wanted)
    missing = [name for name in wanted if not any(same_grape(name, grape.value) for grape in printed)]
    extra = [grape for grape in printed if not any(same_grape(name, grape.value) for name in wanted)]
    by_string = {key_of(match.wanted) for match in label.names.grape_matches if match.found}
    missing = [name for name in missing if key_of(name) not in by_string]
    if not missing and not extra:
        return PASS
    if extra:
        return differs("grape varietals", spoken, extra[0])
    return not_read("grape varietals", ", ".join(missing))


@rule(
    "app.source",
    title="Domestic or imported as on the application",
    citation="27 CFR 4.35, 5.66 to 5.68, 7.66 to 7.68; TTB F 5100.31 item 3",
    severity=Severity.VIOLATION,
)
def app_source(label: Label) -> Result:
    """An imported product names its importer; a domestic one says neither `imported by` nor a foreign origin."""
    source = label.submission.origin
    if source is None:
        return NOT_APPLICABLE
    importers = [statement for statement in label.names.addresses if statement.value.importer]
    foreign = [statement for statement in clear_origins(label) if statement.value.foreign]
    if source is Origin.DOMESTIC:
        against = surest([*importers, *foreign])
        if against is not None:
            return differs("source", "domestic", against)
        if not label.names.addresses:
            return fail(
                Severity.REVIEW,
                "No name and address was read that tells where the product was made.",
                expected="domestic",
            )
        return PASS
    if importers or (source is Origin.BOTTLED_AFTER_IMPORT and foreign):
        return PASS
    made_here = [
        s
        for s in label.names.addresses
        if s.value.in_the_united_states and s.value.does("bottled", "produced", "packed", "brewed")
    ]
    if made_here and not foreign:
        return differs("source", str(source).replace("_", " "), made_here[0])
    return fail(
        Severity.VIOLATION if label.shows_everything and not foreign else Severity.REVIEW,
        "No importer was read on the images, but the product is imported.",
        expected="Imported by",
    )
