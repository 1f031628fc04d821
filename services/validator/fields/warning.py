"""The health warning statement: read, shown as a field of the answer, and looked at again where it is in doubt."""

from __future__ import annotations

from services.validator.fields.model import FieldName, FieldState, LabelField
from services.validator.fields.text import n1
from services.validator.fields.warning_faults import faults
from services.validator.fields.warning_looks import warning_second_looks
from services.validator.fields.warning_reading import ExtraWords, Heading, WarningReading, WarningWord, read_warning

__all__ = [
    "ExtraWords",
    "Heading",
    "WarningReading",
    "WarningWord",
    "read_warning",
    "warning_field",
    "warning_second_looks",
]


def warning_field(reading: WarningReading) -> LabelField:
    """The statement as a field of the answer: `read` when its wording is certain, right or wrong."""
    if not reading.found:
        return LabelField(FieldName.HEALTH_WARNING)
    departures = faults(reading)
    sure = reading.confirmed or any(fault.sure for fault in departures)
    return LabelField(
        FieldName.HEALTH_WARNING,
        n1(reading.text),
        reading.text,
        FieldState.READ if sure or reading.well_read else FieldState.UNSURE,
        reading.confidence,
        reading.evidence,
    )
