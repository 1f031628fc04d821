"""Compliant labels by seed: one choice after the other from invented names and from what 27 CFR allows.

Whatever is chosen, the label and its application agree, every mandatory item is printed, and sizes are standards of
fill. Brands, companies and producers are invented; places are real, since a label has to name one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from evals.generator.looks import style
from evals.generator.model import Address, LabelSpec
from services.validator.submission import Application, Origin, ProductType

BRANDS = (
    "STONE'S THROW", "MOSS & MARROW", "COPPER THISTLE", "WREN & HARROW", "QUARREL GATE", "PENNY ORRERY", "LARKMOOR",
    "THREE LANTERNS", "SALTBOX & SONS", "FENNIMORE", "TIN KETTLE", "GREY HERON HOUSE",
)  # fmt: skip
FANCIFUL_NAMES = ("Night Ferry", "The Long Table", "Second Lantern", "Paper Kite", "Weathervane", "Slow Clock")


@dataclass(frozen=True, slots=True)
class Home:
    """Where wine of an appellation is bottled, and its grapes."""

    appellation: str
    city: str
    state: str
    grapes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Abroad:
    """Where an import comes from, who makes it there, and what; `appellation` only for wine."""

    appellation: str
    town: str
    country: str
    maker: str
    class_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spirit:
    """A class of spirits: its designation, what is said beside it, and where it is bottled."""

    class_type: str
    disclosure: str
    city: str
    state: str
    percents: tuple[str, ...]


HOMES = (
    Home("NAPA VALLEY", "NAPA", "CALIFORNIA", ("CABERNET SAUVIGNON", "MERLOT", "CHARDONNAY")),
    Home("RUSSIAN RIVER VALLEY", "SANTA ROSA", "CALIFORNIA", ("PINOT NOIR", "CHARDONNAY")),
    Home("COLUMBIA VALLEY", "YAKIMA", "WASHINGTON", ("SYRAH", "MERLOT", "RIESLING")),
    Home("WILLAMETTE VALLEY", "NEWBERG", "OREGON", ("PINOT NOIR", "PINOT GRIS")),
    Home("FINGER LAKES", "GENEVA", "NEW YORK", ("RIESLING", "CABERNET FRANC")),
)
WINES_ABROAD = (
    Abroad("MENDOZA", "MENDOZA", "Argentina", "BODEGA SOLERA ALTA", ("MALBEC", "CABERNET SAUVIGNON")),
    Abroad("MAIPO VALLEY", "PIRQUE", "Chile", "VIÑA PIEDRA LARGA", ("CABERNET SAUVIGNON", "MERLOT")),
    Abroad("TOSCANA", "SIENA", "Italy", "CANTINA LUMERA", ("SANGIOVESE",)),
)
SPIRITS = (
    Spirit("KENTUCKY STRAIGHT BOURBON WHISKEY", "AGED 6 YEARS", "BARDSTOWN", "KENTUCKY", ("45", "46.5", "50")),
    Spirit("STRAIGHT RYE WHISKEY", "AGED 5 YEARS - DISTILLED IN INDIANA", "ALBANY", "NEW YORK", ("45", "47.5")),
    Spirit("VODKA", "DISTILLED FROM GRAIN", "AUSTIN", "TEXAS", ("40",)),
    Spirit("LONDON DRY GIN", "DISTILLED FROM GRAIN", "PORTLAND", "OREGON", ("41.5", "44", "47")),
    Spirit("RUM", "DISTILLED FROM CANE MOLASSES", "TAMPA", "FLORIDA", ("40", "43")),
)
SPIRITS_ABROAD = (
    Abroad("", "TEQUILA, JALISCO", "Mexico", "DESTILERÍA OCHO PIEDRAS", ("TEQUILA BLANCO", "TEQUILA REPOSADO")),
    Abroad("", "DUFFTOWN", "Scotland", "DUNLARROCH DISTILLERS", ("BLENDED SCOTCH WHISKY",)),
)
BEERS = ("INDIA PALE ALE", "AMBER LAGER", "OATMEAL STOUT", "PORTER", "BLONDE ALE", "WHEAT BEER")
BREWERY_TOWNS = (("TROY", "NEW YORK"), ("DULUTH", "MINNESOTA"), ("ASHEVILLE", "NORTH CAROLINA"), ("RENO", "NEVADA"))
BEERS_ABROAD = (
    Abroad("", "BAMBERG", "Germany", "BRAUHAUS ZUR LINDE", ("LAGER BEER",)),
    Abroad("", "LEUVEN", "Belgium", "BROUWERIJ TER WEIDE", ("BLONDE ALE", "BROWN ALE")),
)
IMPORTER_TOWNS = (("MIAMI", "FLORIDA"), ("NEWARK", "NEW JERSEY"), ("HOUSTON", "TEXAS"))

WINE_FORMS = ("ALC. {} BY VOL.", "{} ALC/VOL", "ALCOHOL {} BY VOLUME", "Alc. {} by Vol.")
SPIRITS_FORMS = ("{} ALC/VOL", "{} ALC. BY VOL.", "{} Alcohol by Volume")
MALT_FORMS = ("{} ALC/VOL", "ALC. {} BY VOL.", "ALC/VOL {}")
WINE_SIZES = ("750 mL", "750 ML", "750 mL (25.4 FL OZ)", "375 mL", "1.5 L")
SPIRITS_SIZES = ("750 mL", "700 mL", "375 mL", "1 L", "1.75 L")
MALT_SIZES = ("12 FL OZ (355 mL)", "12 FL. OZ.", "1 PINT (473 mL)", "1 PT. 9.4 FL. OZ. (750 mL)")

WINE_STORIES = (
    "Grown on the gravel benches above the river, picked at dawn, and kept for a year in oak. A long, dry finish.",
    "Two rows of old vines, one steep slope and a patient cellar. Serve a little below room temperature, with friends.",
)
SPIRITS_STORIES = (
    "We run small copper stills slowly and keep only the heart of each run. Pour it neat, or over one large cube.",
    "Our water comes up cold through forty feet of limestone. We change nothing else about it, and never hurry.",
)
MALT_STORIES = (
    "Brewed in open vessels by four people and a very old dog. Keep it cold, pour it slowly, share it.",
    "Toasted grain first, then orange peel and pine. We can it the day it is ready and not an hour before.",
)


def label(product: ProductType, seed: int, origin: Origin | None = None) -> LabelSpec:
    """The compliant label of that seed; every fourth or so is an import, unless `origin` says which it is."""
    rng = Random(f"{product}/{origin}/{seed}")  # noqa: S311 - reproducible, not secret
    imported = rng.random() < 0.25 if origin is None else origin is not Origin.DOMESTIC
    return _MAKERS[product](rng, seed, imported)


def _wine(rng: Random, seed: int, imported: bool) -> LabelSpec:
    brand, percent = rng.choice(BRANDS), rng.choice(("11.5", "12.5", "13", "13.5", "14.2", "15.1"))
    vintage = str(rng.randint(2017, 2024))
    if imported:
        abroad = rng.choice(WINES_ABROAD)
        grape, appellation, country = rng.choice(abroad.class_types), abroad.appellation, abroad.country
        maker = Address("PRODUCED AND BOTTLED BY", abroad.maker, abroad.town, abroad.country.upper())
        address = _importer(rng)
    else:
        home = rng.choice(HOMES)
        grape, appellation, country, maker = rng.choice(home.grapes), home.appellation, "", None
        function = rng.choice(("PRODUCED AND BOTTLED BY", "VINTED & BOTTLED BY", "BOTTLED BY"))
        address = Address(function, _company(brand, "CELLARS"), home.city, home.state)
    return with_application(
        LabelSpec(
            seed,
            ProductType.WINE,
            Origin.IMPORTED if imported else Origin.DOMESTIC,
            style(rng, ProductType.WINE),
            brand,
            grape,
            rng.choice(WINE_SIZES),
            address,
            Application(),
            fanciful=rng.choice(("", "", *FANCIFUL_NAMES)),
            appellation=appellation,
            vintage=vintage,
            varietals=(grape,),
            abv=Decimal(percent),
            alcohol=rng.choice(WINE_FORMS).format(f"{percent}%"),
            story=rng.choice(WINE_STORIES),
            maker=maker,
            country=country,
            sulfites="CONTAINS SULFITES",
        )
    )


def _spirits(rng: Random, seed: int, imported: bool) -> LabelSpec:
    brand = rng.choice(BRANDS)
    if imported:
        abroad = rng.choice(SPIRITS_ABROAD)
        class_type, disclosure, percent = rng.choice(abroad.class_types), "", rng.choice(("40", "43"))
        maker = Address("DISTILLED BY", abroad.maker, abroad.town, abroad.country.upper())
        country, address = abroad.country, _importer(rng)
    else:
        spirit = rng.choice(SPIRITS)
        class_type, disclosure, percent = spirit.class_type, spirit.disclosure, rng.choice(spirit.percents)
        function = rng.choice(("DISTILLED AND BOTTLED BY", "BOTTLED BY", "PRODUCED AND BOTTLED BY"))
        maker, country = None, ""
        address = Address(function, _company(brand, "DISTILLING CO."), spirit.city, spirit.state)
    proof = f"{Decimal(percent) * 2:f}".removesuffix(".0")
    return with_application(
        LabelSpec(
            seed,
            ProductType.DISTILLED_SPIRITS,
            Origin.IMPORTED if imported else Origin.DOMESTIC,
            style(rng, ProductType.DISTILLED_SPIRITS),
            brand,
            class_type,
            rng.choice(SPIRITS_SIZES),
            address,
            Application(),
            fanciful=rng.choice(("", "", *FANCIFUL_NAMES)),
            abv=Decimal(percent),
            alcohol=rng.choice(SPIRITS_FORMS).format(f"{percent}%"),
            proof=rng.choice((f"({proof} PROOF)", f"{proof} PROOF", "")),
            disclosure=disclosure,
            story=rng.choice(SPIRITS_STORIES),
            maker=maker,
            country=country,
        )
    )


def _malt(rng: Random, seed: int, imported: bool) -> LabelSpec:
    brand, percent = rng.choice(BRANDS), rng.choice(("4.2", "4.8", "5", "5.6", "6.5", "7.1"))
    if imported:
        abroad = rng.choice(BEERS_ABROAD)
        class_type, country = rng.choice(abroad.class_types), abroad.country
        maker: Address | None = Address("BREWED BY", abroad.maker, abroad.town, abroad.country.upper())
        address = _importer(rng)
    else:
        class_type, country, maker = rng.choice(BEERS), "", None
        address = Address("BREWED AND PACKAGED BY", _company(brand, "BREWING CO."), *rng.choice(BREWERY_TOWNS))
    return with_application(
        LabelSpec(
            seed,
            ProductType.MALT_BEVERAGE,
            Origin.IMPORTED if imported else Origin.DOMESTIC,
            style(rng, ProductType.MALT_BEVERAGE),
            brand,
            class_type,
            rng.choice(MALT_SIZES),
            address,
            Application(),
            fanciful=rng.choice(("", *FANCIFUL_NAMES)),
            abv=Decimal(percent),
            alcohol=rng.choice(MALT_FORMS).format(f"{percent}%"),
            story=rng.choice(MALT_STORIES),
            maker=maker,
            country=country,
        )
    )


_MAKERS: Mapping[ProductType, Callable[[Random, int, bool], LabelSpec]] = {
    ProductType.WINE: _wine,
    ProductType.DISTILLED_SPIRITS: _spirits,
    ProductType.MALT_BEVERAGE: _malt,
}


def _company(brand: str, business: str) -> str:
    first = business.split(maxsplit=1)[0]
    return brand if brand.endswith(first) else f"{brand} {business}"


def _importer(rng: Random) -> Address:
    name = rng.choice(("HARBOR LINE IMPORTS", "FERRYMAN & DAUGHTERS", "NORTH QUAY TRADING CO."))
    towns: Sequence[tuple[str, str]] = IMPORTER_TOWNS
    return Address("IMPORTED BY", name, *rng.choice(towns))


def with_application(spec: LabelSpec) -> LabelSpec:
    """The label with the application that says what it prints."""
    return replace(spec, application=truthful_application(spec))


def truthful_application(spec: LabelSpec) -> Application:
    """The application that says what the label prints."""
    return Application(
        brand_name=spec.brand,
        fanciful_name=spec.fanciful,
        class_type=spec.class_type,
        alcohol_content=f"{spec.abv}" if spec.abv is not None and spec.alcohol else "",
        net_contents=spec.net_contents.split(" (")[0],
        name_and_address=", ".join(part for part in (spec.address.name, spec.address.place) if part),
        country_of_origin=spec.country,
        appellation=spec.appellation,
        vintage=spec.vintage,
        varietals=", ".join(spec.varietals),
    )
