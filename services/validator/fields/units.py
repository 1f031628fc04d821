"""Volumes in the units that labels use, and when two of them are the same (rulebook 9.1; 27 CFR 4.37, 5.70, 7.70)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from services.validator.fields.numbers import plain

FLUID_OUNCES_PER_MILLILITRE = Decimal("0.033814")
MILLILITRES_PER_FLUID_OUNCE = Decimal("29.5735")

_WHOLE_OUNCES_FROM = Decimal(100)
_TOLERANCE = Decimal("0.1")
_LARGE_TOLERANCE = Decimal("0.005")


class System(StrEnum):
    """Metric or U.S. customary."""

    METRIC = "metric"
    US = "us"


class Unit(StrEnum):
    """A unit of volume; the value is its abbreviation in answers."""

    MILLILITRE = "mL"
    CENTILITRE = "cL"
    LITRE = "L"
    FLUID_OUNCE = "FL OZ"
    OUNCE = "OZ"
    PINT = "PINT"
    QUART = "QUART"
    GALLON = "GALLON"
    BARREL = "BARREL"

    @property
    def system(self) -> System:
        """To which system the unit belongs; a bare ounce is taken for a fluid one."""
        return System.METRIC if self in _MILLILITRES else System.US

    @property
    def size(self) -> Decimal:
        """Millilitres in a metric unit, fluid ounces in a U.S. unit; a barrel of beer is 31 gallons."""
        return _MILLILITRES[self] if self in _MILLILITRES else _FLUID_OUNCES[self]


_MILLILITRES = {Unit.MILLILITRE: Decimal(1), Unit.CENTILITRE: Decimal(10), Unit.LITRE: Decimal(1000)}
_FLUID_OUNCES = {
    Unit.FLUID_OUNCE: Decimal(1),
    Unit.OUNCE: Decimal(1),
    Unit.PINT: Decimal(16),
    Unit.QUART: Decimal(32),
    Unit.GALLON: Decimal(128),
    Unit.BARREL: Decimal(31 * 128),
}
_PLURAL = frozenset({Unit.PINT, Unit.QUART, Unit.GALLON, Unit.BARREL})


@dataclass(frozen=True, slots=True)
class Measure:
    """An amount of one unit; `numerator` and `denominator` as printed when it is or ends in a fraction."""

    amount: Decimal
    unit: Unit
    numerator: int = 0
    denominator: int = 0
    decimal_comma: bool = False

    def __str__(self) -> str:
        if self.denominator:
            whole = int(self.amount)
            number = f"{whole} {self.numerator}/{self.denominator}" if whole else f"{self.numerator}/{self.denominator}"
        else:
            number = plain(self.amount)
        plural = "S" if self.unit in _PLURAL and self.amount > 1 else ""
        return f"{number} {self.unit}{plural}"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume in one system, as one or more measures (`1 PINT 9.4 FL OZ`), largest unit first."""

    parts: tuple[Measure, ...]

    @property
    def system(self) -> System:
        """Metric or U.S."""
        return self.parts[0].unit.system

    @property
    def total(self) -> Decimal:
        """Millilitres of a metric volume, fluid ounces of a U.S. one."""
        return sum((part.amount * part.unit.size for part in self.parts), Decimal(0))

    @property
    def millilitres(self) -> Decimal:
        """Millilitres, to three places when converted."""
        if self.system is System.METRIC:
            return self.total
        return (self.total * MILLILITRES_PER_FLUID_OUNCE).quantize(Decimal("0.001"))

    @property
    def fluid_ounces(self) -> Decimal:
        """U.S. fluid ounces, unrounded when converted."""
        return self.total if self.system is System.US else self.total * FLUID_OUNCES_PER_MILLILITRE

    def __str__(self) -> str:
        return " ".join(str(part) for part in self.parts)


def same_volume(one: Volume, other: Volume) -> bool:
    """Equal within one system; across systems equal as far as labels round (`consistent`)."""
    if one.system is other.system:
        return abs(one.total - other.total) < Decimal("0.001")
    metric, us = (one, other) if one.system is System.METRIC else (other, one)
    return consistent(metric.total, us.total)


def consistent(millilitres: Decimal, fluid_ounces: Decimal) -> bool:
    """Whether the two agree: to 0.1 fl oz below 100 fl oz, from there to 1 fl oz or 0.5 %, whichever is more."""
    difference = abs(millilitres * FLUID_OUNCES_PER_MILLILITRE - fluid_ounces)
    if fluid_ounces < _WHOLE_OUNCES_FROM:
        return difference <= _TOLERANCE
    return difference <= max(Decimal(1), _LARGE_TOLERANCE * fluid_ounces)


def us_equivalent(millilitres: Decimal) -> Decimal:
    """The exact figure of 27 CFR 4.37(b): fluid ounces to 0.1 below 100, whole from there."""
    ounces = millilitres * FLUID_OUNCES_PER_MILLILITRE
    step = Decimal("0.1") if ounces < _WHOLE_OUNCES_FROM else Decimal(1)
    return ounces.quantize(step, ROUND_HALF_UP)
