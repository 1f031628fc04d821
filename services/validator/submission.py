"""What a client submits besides the images: the application's fields and how to check them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class ProductType(StrEnum):
    """Which part of 27 CFR governs: wine part 4, distilled spirits part 5, malt beverages part 7."""

    WINE = "wine"
    DISTILLED_SPIRITS = "distilled_spirits"
    MALT_BEVERAGE = "malt_beverage"


class Origin(StrEnum):
    """Where the product comes from."""

    DOMESTIC = "domestic"
    IMPORTED = "imported"
    BOTTLED_AFTER_IMPORT = "bottled_after_import"


class Panel(StrEnum):
    """Which panel of the container an image shows."""

    FRONT = "front"
    BACK = "back"
    SIDE = "side"
    NECK = "neck"
    STRIP = "strip"
    WRAP = "wrap"
    COLLAR = "collar"
    OTHER = "other"


class ApplicationType(StrEnum):
    """What the applicant asks for."""

    COLA = "cola"
    EXEMPTION = "exemption"
    DISTINCTIVE_BOTTLE = "distinctive_bottle"


class Mode(StrEnum):
    """What the verification is for: before approval, or a marketed label against its approval."""

    PRE_APPROVAL = "pre_approval"
    MARKET_CHECK = "market_check"


@dataclass(frozen=True, slots=True)
class Application:
    """Fields as the application (TTB F 5100.31) carries them; empty means the application does not carry it.

    Beyond the items that stand on the label: `formula` is item 9 (`N/A` says that there is none), `embossed` what is
    blown, branded or embossed on the container (item 15), `permit_names` the names and trade names of the permit,
    separated by semicolons, `ingredients` what the formula declares and the law wants told, separated by commas
    (`FD&C Yellow No. 5, caramel color, oak chips`), `age` that of the youngest spirit (`18 months`), `sale_state` the
    only State of sale under a certificate of exemption; `certificate_status` and `qualifications` (a row for each) are
    those of an issued certificate.
    """

    brand_name: str = ""
    fanciful_name: str = ""
    class_type: str = ""
    alcohol_content: str = ""
    net_contents: str = ""
    name_and_address: str = ""
    country_of_origin: str = ""
    appellation: str = ""
    vintage: str = ""
    varietals: str = ""
    formula: str = ""
    embossed: str = ""
    permit_names: str = ""
    ingredients: str = ""
    age: str = ""
    sale_state: str = ""
    certificate_status: str = ""
    qualifications: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """One label's application and options.

    `product_type` and `origin` are None when they are to be judged from the label; the numbers are None when they are
    not known. `scale_mm_per_px` is millimetres of the printed label for each pixel, `container_ml` millilitres,
    `lab_abv` percent by volume, `lab_so2_ppm` parts per million, `lab_solids`
    total solids in grams for each 100 mL.
    """

    as_of: date
    application: Application = field(default_factory=Application)
    product_type: ProductType | None = None
    origin: Origin | None = None
    application_type: ApplicationType = ApplicationType.COLA
    for_export: bool = False
    mode: Mode = Mode.PRE_APPROVAL
    panels_complete: bool = False
    scale_mm_per_px: Decimal | None = None
    container_ml: Decimal | None = None
    lab_abv: Decimal | None = None
    lab_so2_ppm: Decimal | None = None
    lab_solids: Decimal | None = None
    disabled_rules: frozenset[str] = frozenset()
