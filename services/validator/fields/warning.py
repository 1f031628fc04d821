"""The health warning statement: read, shown as a field of the answer, and looked at again where it is in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from services.validator.fields.model import FieldName, FieldState, LabelField
from services.validator.fields.text import n1
from services.validator.fields.trust import Doubt, Grounds
from services.validator.fields.warning_faults import Fault, faults
from services.validator.fields.warning_looks import warning_second_looks
from services.validator.fields.warning_reading import ExtraWords, Heading, WarningReading, WarningWord, read_warning
from services.validator.fields.warning_words import WordState

__all__ = [
    "ExtraWords",
    "Heading",
    "WarningReading",
    "WarningWord",
    "read_warning",
    "warning_field",
    "warning_second_looks",
]


_TOO_LITTLE = 0.5
"""Share of the words below which nothing can be said of the wording."""


def warning_field(reading: WarningReading) -> LabelField:
    """The statement as a field of the answer: `read` when its wording is certain, right or wrong."""
    name = FieldName.HEALTH_WARNING
    if not reading.found:
        return LabelField(name)
    departures = faults(reading)
    certain = reading.confirmed or any(fault.sure for fault in departures)
    sure = certain or reading.well_read
    readable = sum(word.state is not WordState.UNREAD for word in reading.words)
    if not sure and readable < _TOO_LITTLE * len(reading.words):
        reason = f"The health warning begins here, but only {readable} of its {len(reading.words)} words could be read."
        return LabelField(name, "", reading.text, FieldState.UNREADABLE, 0.0, reading.evidence, reason)
    return LabelField(
        name,
        n1(reading.text),
        reading.text,
        FieldState.READ if sure else FieldState.UNSURE,
        reading.confidence,
        reading.evidence,
        "" if sure else _why_unsure(reading, departures),
        Grounds(
            1.0 if certain else reading.confidence,
            min(word.alike for word in reading.words),
            frozenset() if sure else frozenset({Doubt.FAINT}),
            confirmed=reading.confirmed,
        ),
    )


def _why_unsure(reading: WarningReading, departures: Sequence[Fault]) -> str:
    if departures:
        first = departures[0]
        return f"It may print “{first.found}” where the law has “{first.expected}”, or be misread there."
    unread = sum(not word.right for word in reading.words)
    return f"{unread} of its {len(reading.words)} words could not be read."
