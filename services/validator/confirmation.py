"""Which fields the application confirms: it and the label say the same, so that hardly any reading error is left."""

from __future__ import annotations

from collections.abc import Iterator

from services.validator.fields.alcohol import parse_alcohol_application
from services.validator.fields.model import FieldName
from services.validator.fields.name_address import says_the_same
from services.validator.fields.names import given
from services.validator.fields.net_contents import parse_net_contents_application
from services.validator.fields.places import country_named
from services.validator.fields.text import n4
from services.validator.fields.units import same_volume
from services.validator.fields.varietals import same_grape
from services.validator.label import Label


def confirmed_fields(label: Label) -> frozenset[FieldName]:
    """Fields whose shown value is the application's."""
    return frozenset((*_names(label), *_measures(label)))


def _names(label: Label) -> Iterator[FieldName]:
    names, application = label.names, label.submission.application
    for field, match in (
        (FieldName.BRAND_NAME, names.brand_match),
        (FieldName.FANCIFUL_NAME, names.fanciful_match),
    ):
        if match is not None and match.found:
            yield field
    designation, wanted = names.class_choice.statement, given(application.class_type)
    if designation is not None and wanted:
        told = (designation.value.phrase, designation.value.name)
        if n4(wanted) in map(n4, told) or any(same_grape(each, wanted) for each in told):
            yield FieldName.CLASS_TYPE
    address, claimed = names.name_and_address, names.claimed_address
    if address is not None and claimed is not None and says_the_same(address.value, claimed):
        yield FieldName.NAME_AND_ADDRESS
    appellation = names.appellation
    if appellation is not None and n4(appellation.value.name) == n4(given(application.appellation).split(",")[0]):
        yield FieldName.APPELLATION
    if names.vintage is not None and str(names.vintage.value) == given(application.vintage):
        yield FieldName.VINTAGE
    origin, country = names.country_of_origin, country_named(given(application.country_of_origin))
    if origin is not None and origin.value.country is not None and origin.value.country == country:
        yield FieldName.COUNTRY_OF_ORIGIN


def _measures(label: Label) -> Iterator[FieldName]:
    application = label.submission.application
    stated, contents = label.alcohol.chosen, label.net_contents.chosen
    try:
        claim = parse_alcohol_application(application.alcohol_content)
        sizes = parse_net_contents_application(application.net_contents)
    except ValueError:
        return
    if stated is not None and not claim.by_weight and (claim.low, claim.high) == (stated.value.low, stated.value.high):
        yield FieldName.ALCOHOL_CONTENT
    if contents is not None and any(same_volume(contents.value.volume, size) for size in sizes):
        yield FieldName.NET_CONTENTS
