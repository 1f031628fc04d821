"""The names of the answer: which value each field shows, how sure it is, and what the doubt is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from services.validator.fields.fanciful import FANCIFUL_PROBABILITY
from services.validator.fields.known_names import Likeness, NameMatch
from services.validator.fields.model import FieldName, LabelField, Statement, Value_co
from services.validator.fields.name_address import is_doubtful
from services.validator.fields.names import NamesReading
from services.validator.fields.origin import OriginForm, OriginStatement
from services.validator.fields.passages import key_of
from services.validator.fields.shown import Hesitation, shown, unreadable
from services.validator.fields.trust import Doubt

_NAMED = 3
"""How many of several prints a reason names."""

_UNLIKE: Mapping[Likeness, str] = {
    Likeness.BUSINESS_WORD: "a word such as Winery or Company is missing here, or stands here alone",
    Likeness.RUN_ON: "the words beside it may belong to it",
    Likeness.CONFUSABLE: "letters that are easily confused differ",
    Likeness.ALIKE: "only a part of it could be read",
    Likeness.LONGER: "it stands here within a longer name",
    Likeness.DIFFERENT: "another letter or word stands here",
    Likeness.NOT_READ: "nothing like it could be read",
}


def names_fields(reading: NamesReading) -> tuple[LabelField, ...]:
    """The fields of the answer, in its order."""
    return (
        _field(FieldName.BRAND_NAME, reading.brand, str, _doubt_of_brand(reading), _brand_probability(reading)),
        _fanciful_field(reading),
        _field(
            FieldName.CLASS_TYPE, reading.class_choice.statement, lambda value: value.phrase, _doubt_of_class(reading)
        ),
        _address_field(reading),
        _field(
            FieldName.COUNTRY_OF_ORIGIN,
            reading.country_of_origin,
            lambda value: value.country.name if value.country else "",
            _doubt_of_origin(reading.country_of_origin),
        ),
        _field(FieldName.APPELLATION, reading.appellation, lambda value: value.name),
        _field(FieldName.VINTAGE, reading.vintage, str, _rivals([str(each.value) for each in reading.vintages])),
        _field(FieldName.VARIETALS, reading.varietals, ", ".join),
    )


def _field(
    name: FieldName,
    statement: Statement[Value_co] | None,
    value: Callable[[Value_co], str],
    hesitation: Hesitation | None = None,
    choice: float = 1.0,
) -> LabelField:
    if statement is None:
        return LabelField(name)
    return shown(name, value(statement.value), statement, *((hesitation,) if hesitation else ()), choice=choice)


def _doubt_of_brand(reading: NamesReading) -> Hesitation | None:
    """Without the application's name, only a name that is likely by itself is surely the brand."""
    if reading.brand_match is not None:
        return _unlike(reading.brand_match, Likeness.BUSINESS_WORD)
    if reading.brand_candidates and reading.brand_candidates[0].likely:
        return None
    others = [each.statement.value for each in reading.brand_candidates[1:_NAMED]]
    told = f"; it may be {_listed(others)} too" if others else ""
    return Hesitation(Doubt.UNCLEAR, f"No other print on the label confirms that this is the brand name{told}.")


def _brand_probability(reading: NamesReading) -> float:
    """How probable it is that the name is the brand: certain when the application says so."""
    if reading.brand_match is not None and reading.brand_match.statement is not None:
        return 1.0
    return reading.brand_candidates[0].probability if reading.brand_candidates else 0.0


def _fanciful_field(reading: NamesReading) -> LabelField:
    """Without the application's name it is only a likely one, however well it was read."""
    name, statement = FieldName.FANCIFUL_NAME, reading.fanciful_name
    if reading.fanciful_match is not None:
        return _field(name, statement, str, _unlike(reading.fanciful_match, Likeness.SAME))
    unclear = Hesitation(Doubt.UNCLEAR, "It stands out beside the brand name; nothing tells that it is this field.")
    return _field(name, statement, str, unclear, FANCIFUL_PROBABILITY)


def _unlike(match: NameMatch | None, most: Likeness) -> Hesitation | None:
    """A doubt when the label prints the application's name less like it than `most`."""
    if match is None or match.likeness <= most:
        return None
    return Hesitation(Doubt.DIFFERS, f"The application says “{match.wanted}”, and {_UNLIKE[match.likeness]}.")


def _doubt_of_class(reading: NamesReading) -> Hesitation | None:
    choice = reading.class_choice
    if choice.rivals:
        shown_first = (choice.statement,) if choice.statement else ()
        printed = (*shown_first, *reading.designations, *reading.varietal_designations, *reading.foreign_designations)
        return _rivals([each.value.phrase for each in printed])
    if choice.doubtful:
        return Hesitation(Doubt.UNCLEAR, "It may not be the whole designation, or one in another language.")
    return None


def _address_field(reading: NamesReading) -> LabelField:
    name, chosen = FieldName.NAME_AND_ADDRESS, reading.name_and_address
    if chosen is not None and chosen.value.function and not (chosen.value.name or chosen.value.city):
        reason = f"“{chosen.text}” stands here, but no name or place could be read with it."
        return unreadable(name, chosen, reason)
    doubtful = chosen is not None and is_doubtful(chosen.value, reading.addresses)
    incomplete = Hesitation(Doubt.INCOMPLETE, "A part of it may be missing: the function, the name, or city and State.")
    return _field(name, chosen, lambda value: value.shown, incomplete if doubtful else None)


def _doubt_of_origin(origin: Statement[OriginStatement] | None) -> Hesitation | None:
    if origin is None or origin.value.form <= OriginForm.AFTER_PLACE:
        return None
    return Hesitation(Doubt.UNCLEAR, "Only an adjective, a foreign place or another language tells the country.")


def _rivals(values: Sequence[str]) -> Hesitation | None:
    """A doubt when the values are not all the same."""
    different = list({key_of(value): value for value in reversed(values)}.values())[::-1]
    if len(different) < 2:
        return None
    return Hesitation(Doubt.RIVALS, f"The label prints {_listed(different[:_NAMED])}, and any of them may be meant.")


def _listed(values: Sequence[str]) -> str:
    return " and ".join(f"“{value}”" for value in values)
