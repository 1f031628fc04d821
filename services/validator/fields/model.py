"""What the fields of a label are, and what it means to have read one.

Every extractor turns pages into `Statement`s: a typed value, the text it came from, how sure the reading is, and where
it stands. The rules look at statements; the answer shows `LabelField`s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from services.common.page import Page, Polygon
from services.validator.fields.second_look import Place, seen_turned
from services.validator.fields.trust import Grounds
from services.validator.submission import Panel

SURE_CONFIDENCE = 0.90
"""Confidence from which a reading may carry a violation (rulebook 2.1, item 2)."""

SURE_LOOKS = 2
"""How many looks or engines must read alike before a reading may carry a violation."""

Value_co = TypeVar("Value_co", covariant=True)


class FieldName(StrEnum):
    """The fields of the answer, in its order: the application's form fields, then the health warning."""

    BRAND_NAME = "brand_name"
    FANCIFUL_NAME = "fanciful_name"
    CLASS_TYPE = "class_type"
    ALCOHOL_CONTENT = "alcohol_content"
    NET_CONTENTS = "net_contents"
    NAME_AND_ADDRESS = "name_and_address"
    COUNTRY_OF_ORIGIN = "country_of_origin"
    APPELLATION = "appellation"
    VINTAGE = "vintage"
    VARIETALS = "varietals"
    HEALTH_WARNING = "health_warning"


class FieldState(StrEnum):
    """How well a field was read."""

    READ = "read"
    UNSURE = "unsure"
    NOT_ON_IMAGES = "not_on_images"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place: index of the image and corners in its upright pixels (empty when no single place can be named)."""

    image: int
    polygon: Polygon = ()


@dataclass(frozen=True, slots=True)
class LabelPanel:
    """One image of the label.

    `index` is its place in the request, `page` what was read from it, `panel` which panel it shows (or None), and
    `looked_at` the places of later looks: those that showed nothing leave no line on the page.
    """

    index: int
    page: Page
    panel: Panel | None = None
    looked_at: tuple[Place, ...] = ()

    @property
    def seen_turned(self) -> bool:
        """Whether standing text would have been seen."""
        return seen_turned(self.page, self.looked_at)


@dataclass(frozen=True, slots=True)
class Statement(Generic[Value_co]):
    """One statement on the label.

    `value` is what it says, `text` what was read (N0), `confidence` 0 to 1 the least sure word of it, `alike` how many
    different looks or engines read the same value at this place (1 = only one), `disputes` what others read there.
    """

    value: Value_co
    text: str
    confidence: float
    evidence: tuple[Evidence, ...]
    alike: int = 1
    disputes: tuple[str, ...] = ()

    @property
    def sure(self) -> bool:
        """Whether the reading may carry a violation."""
        return self.confidence >= SURE_CONFIDENCE and self.alike >= SURE_LOOKS


@dataclass(frozen=True, slots=True)
class LabelField:
    """One field of the answer: normalised `value` and `text` as read, both empty when nothing was read.

    `confidence` is the probability that the value is what is printed, 0 to 1, and `grounds` what it was told from, None
    without a value. `reason` says in a sentence why the field is unsure or unreadable; it is empty otherwise.
    """

    name: FieldName
    value: str = ""
    text: str = ""
    state: FieldState = FieldState.NOT_ON_IMAGES
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    grounds: Grounds | None = None


def images_of(evidence: Iterable[Evidence]) -> frozenset[int]:
    """Indexes of the images on which the places stand."""
    return frozenset(place.image for place in evidence)
