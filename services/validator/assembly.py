"""Puts the fields together: from pages to the label that the rules judge, and to the places worth a second look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from services.validator.confirmation import confirmed_fields
from services.validator.decision import mandatory_fields
from services.validator.fields.alcohol import alcohol_field, alcohol_second_looks, read_alcohol
from services.validator.fields.legibility import legible
from services.validator.fields.model import FieldName, FieldState, LabelField, LabelPanel
from services.validator.fields.names import read_names
from services.validator.fields.names_fields import names_fields
from services.validator.fields.names_looks import names_second_looks
from services.validator.fields.net_contents import net_contents_field, net_contents_second_looks, read_net_contents
from services.validator.fields.passages import label_text
from services.validator.fields.second_look import STANDING, Place, Purpose, looked_at_for, whole
from services.validator.fields.shown import with_print_size
from services.validator.fields.trust import probability
from services.validator.fields.warning import read_warning, warning_field, warning_second_looks
from services.validator.judgement import judge_origin, judge_product_type
from services.validator.label import Label
from services.validator.rules.wine_doubts import needs_appellation, wine_doubts
from services.validator.submission import Origin, ProductType, Submission

_OF_WINE = frozenset({FieldName.APPELLATION, FieldName.VINTAGE, FieldName.VARIETALS})
"""Fields of part 4; on other labels a State or a year is something else."""


def build_label(submission: Submission, panels: tuple[LabelPanel, ...]) -> Label:
    """Read every field from the panels."""
    warning = read_warning(panels)
    alcohol = read_alcohol(panels)
    text = label_text(panels)
    names = read_names(text, submission.application)
    product_type = submission.product_type or judge_product_type(panels, names, alcohol.percents())
    return Label(
        submission=submission,
        text=text,
        product_type=product_type,
        origin=submission.origin or judge_origin(names, product_type),
        warning=warning,
        alcohol=alcohol,
        net_contents=read_net_contents(panels),
        names=names,
        legible=legible(panels),
    )


def label_fields(label: Label) -> tuple[LabelField, ...]:
    """Every field of the answer, in its order."""
    found = {
        field.name: field
        for field in (
            *names_fields(label.names),
            alcohol_field(label.alcohol),
            net_contents_field(label.net_contents),
            warning_field(label.warning),
        )
    }
    if label.product_type not in (ProductType.WINE, None):
        found = {name: field for name, field in found.items() if name not in _OF_WINE}
    confirmed = confirmed_fields(label)
    every = (found.get(name, LabelField(name)) for name in FieldName)
    return tuple(_weighed(with_print_size(field, label.panels), field.name in confirmed) for field in every)


def _weighed(field: LabelField, confirmed: bool) -> LabelField:
    """The field with the probability that its value is right."""
    if field.grounds is None:
        return field
    grounds = replace(field.grounds, confirmed=field.grounds.confirmed or confirmed)
    return replace(field, confidence=probability(grounds) if field.value else 0.0, grounds=grounds)


_WITHOUT_VALUE = frozenset({FieldState.NOT_ON_IMAGES, FieldState.UNREADABLE})


def _standing_text(label: Label) -> tuple[Place, ...]:
    """Whole pages in both standing directions, when something seems to be missing though all panels were given."""
    if not label.submission.panels_complete:
        return ()
    # Nearly every label prints its alcohol content, though 27 CFR 4.36(a) and 7.63(a)(3) know exceptions.
    wanted = {*mandatory_fields(label), FieldName.ALCOHOL_CONTENT}
    if label.origin is Origin.IMPORTED:
        wanted.add(FieldName.COUNTRY_OF_ORIGIN)
    if label.product_type is ProductType.WINE and needs_appellation(label):
        wanted.add(FieldName.APPELLATION)
    present = all(field.state not in _WITHOUT_VALUE for field in label_fields(label) if field.name in wanted)
    if present and _names_who_answers(label):
        return ()
    return tuple(
        whole(panel.index, panel.page, angle)
        for panel in label.panels
        if panel.page.lines and not panel.seen_turned
        for angle in STANDING
    )


_FAINT_SCALE = 4.0
_FAINT_SIDE = 1000


def _faint_panels(label: Label, round_number: int) -> tuple[Place, ...]:
    """Small images on which nothing was read, much enlarged: an engine sees no faint print of a few pixels."""
    if round_number != 1:
        return ()
    return tuple(
        whole(panel.index, panel.page, 0, _FAINT_SCALE)
        for panel in label.panels
        if not panel.page.lines and max(panel.page.width, panel.page.height) <= _FAINT_SIDE
    )


def _names_who_answers(label: Label) -> bool:
    """Whether a whole name and address was read, of an import the importer's."""
    imported = label.origin is Origin.IMPORTED
    return any(each.value.complete and (each.value.importer or not imported) for each in label.names.addresses)


def second_looks(
    label: Label, round_number: int, purposes: Collection[Purpose] = frozenset(Purpose)
) -> tuple[Place, ...]:
    """Places where another look may settle a doubt, each once, for the given purposes only."""
    panels, application = label.panels, label.submission.application
    places = (
        *looked_at_for(Purpose.STANDING_TEXT, _standing_text(label)),
        *looked_at_for(Purpose.FAINT_PRINT, _faint_panels(label, round_number)),
        *warning_second_looks(panels, label.warning, round_number),
        *looked_at_for(Purpose.ALCOHOL, alcohol_second_looks(panels, label.alcohol, round_number)),
        *looked_at_for(Purpose.NET_CONTENTS, net_contents_second_looks(panels, label.net_contents, round_number)),
        *looked_at_for(
            Purpose.NAMES,
            names_second_looks(panels, label.names, application, round_number, further=wine_doubts(label)),
        ),
    )
    return tuple(dict.fromkeys(place for place in places if place.purpose in purposes))
