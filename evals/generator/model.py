"""What a drawn label says, how it looks, and what a verification of it has to answer.

A `LabelSpec` is the whole truth about one label: everything that is printed, the application that goes with it, and the
defect that it carries, if any. The same spec always gives the same pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum

from services.validator.fields.warning_text import CANONICAL
from services.validator.submission import Application, Origin, ProductType

WARNING_HEADING, WARNING_BODY = CANONICAL[: CANONICAL.index(":") + 1], CANONICAL[CANONICAL.index(":") + 2 :]
"""The two parts of the statement of 27 CFR 16.21: the one in capitals and bold, and the other."""

Color = tuple[int, int, int]


class Arrangement(StrEnum):
    """How the panels lie in the images: front and back in one sheet, an image each, or one wrap of three columns."""

    SHEET = "sheet"
    PANELS = "panels"
    WRAP = "wrap"


class Lettering(StrEnum):
    """The typeface of a label; see `typefaces` for the files."""

    GROTESQUE = "grotesque"
    BOOK = "book"
    SLAB = "slab"


class Frame(StrEnum):
    """What runs round a panel."""

    NONE = "none"
    LINE = "line"
    DOUBLE = "double"
    BANDS = "bands"


class Picture(StrEnum):
    """What is drawn on the front."""

    NONE = "none"
    SUN = "sun"
    HILLS = "hills"
    TREE = "tree"
    MOON = "moon"


class Turn(Enum):
    """How the health warning stands: degrees by which it is turned counterclockwise."""

    UPRIGHT = 0
    RISING = 90
    FALLING = 270


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as red, green and blue from 0 to 255: the label, its text, its ornaments, and what it lies on."""

    paper: Color
    ink: Color
    accent: Color
    table: Color


@dataclass(frozen=True, slots=True)
class Style:
    """How a label looks. `scale` multiplies all lengths: at 1.0 panels are 900 px wide."""

    arrangement: Arrangement
    lettering: Lettering
    palette: Palette
    frame: Frame
    picture: Picture
    warning_turn: Turn = Turn.UPRIGHT
    scale: float = 1.0
    bar_code: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Who did what, and where: `PRODUCED AND BOTTLED BY`, `ELM CELLARS`, `NAPA`, `CALIFORNIA`."""

    function: str
    name: str
    city: str = ""
    region: str = ""

    @property
    def place(self) -> str:
        """City and State, or city and country."""
        return ", ".join(part for part in (self.city, self.region) if part)

    @property
    def lines(self) -> tuple[str, ...]:
        """As printed, one below the other."""
        return tuple(part for part in (self.function, self.name, self.place) if part)


class Defect(StrEnum):
    """What can be wrong with a label; `defects.CATALOGUE` says where each applies and what has to be found."""

    WARNING_MISSING = "warning-missing"
    WARNING_WORD_MISSING = "warning-word-missing"
    WARNING_WORD_REPLACED = "warning-word-replaced"
    WARNING_WORD_ADDED = "warning-word-added"
    WARNING_HEADING_TITLE_CASE = "warning-heading-title-case"
    WARNING_HEADING_MISSPELT = "warning-heading-misspelt"
    WARNING_NUMBERS_MISSING = "warning-numbers-missing"
    WARNING_COMMAS_MISSING = "warning-commas-missing"
    ALCOHOL_MISSING = "alcohol-missing"
    ALCOHOL_AS_ABV = "alcohol-as-abv"
    ALCOHOL_AS_PROOF_ONLY = "alcohol-as-proof-only"
    PROOF_DISAGREES = "proof-disagrees"
    SPIRITS_TOO_WEAK = "spirits-too-weak"
    TABLE_WINE_TOO_STRONG = "table-wine-too-strong"
    NET_CONTENTS_MISSING = "net-contents-missing"
    NET_CONTENTS_IN_CENTILITERS = "net-contents-in-centiliters"
    NET_CONTENTS_IN_OUNCES = "net-contents-in-ounces"
    NET_CONTENTS_METRIC_ONLY = "net-contents-metric-only"
    NET_CONTENTS_DISAGREE = "net-contents-disagree"
    NOT_A_STANDARD_OF_FILL = "not-a-standard-of-fill"
    PINT_AS_OUNCES = "pint-as-ounces"
    CLASS_MISSING = "class-missing"
    ADDRESS_MISSING = "address-missing"
    ADDRESS_WITHOUT_PLACE = "address-without-place"
    IMPORTER_MISSING = "importer-missing"
    COUNTRY_MISSING = "country-missing"
    SULFITES_MISSING = "sulfites-missing"
    APPLICATION_BRAND = "application-brand"
    APPLICATION_ALCOHOL = "application-alcohol"
    APPLICATION_NET_CONTENTS = "application-net-contents"
    APPLICATION_STATE = "application-state"
    APPLICATION_VINTAGE = "application-vintage"
    APPLICATION_APPELLATION = "application-appellation"
    APPLICATION_VARIETAL = "application-varietal"


@dataclass(frozen=True, slots=True)
class LabelSpec:
    """One label: every text as it is printed (empty: not printed), its look, its application, and its defect.

    `class_type` is the designation; for a varietal wine it is the grape, which `varietals` then names too. `abv` is the
    number in `alcohol`, in percent by volume. `maker` is the foreign producer of an import, `address` the bottler or
    importer in the United States.
    """

    seed: int
    product: ProductType
    origin: Origin
    style: Style
    brand: str
    class_type: str
    net_contents: str
    address: Address
    application: Application
    fanciful: str = ""
    appellation: str = ""
    vintage: str = ""
    varietals: tuple[str, ...] = ()
    abv: Decimal | None = None
    alcohol: str = ""
    proof: str = ""
    disclosure: str = ""
    story: str = ""
    maker: Address | None = None
    country: str = ""
    sulfites: str = ""
    warning_heading: str = WARNING_HEADING
    warning_body: str = WARNING_BODY
    defect: Defect | None = None

    @property
    def name(self) -> str:
        """A file name's stem, unique among the labels of one seed: `wine-0007-alcohol-missing`."""
        parts = (str(self.product).replace("_", "-"), f"{self.seed:04}", str(self.defect or "correct"))
        return "-".join(parts)

    @property
    def origin_statement(self) -> str:
        """The country of origin as it is printed."""
        return f"PRODUCT OF {self.country.upper()}" if self.country else ""
