"""What can be wrong with a label, by name: how a correct one is spoilt, and what a verification of it has to find.

Each entry names, for every product type that it applies to, the rule that must report it and the verdict. A defect of
the print leaves the application as it was; a defect of the application leaves the print; and when a value is unlawful
by itself (a strength, a size), both say it, so that the rule in question is the only one to complain.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count

from evals.generator.model import Address, Defect, LabelSpec
from evals.generator.specs import HOMES, label, truthful_application, with_application
from services.validator.decision import Verdict
from services.validator.submission import Origin, ProductType

WINE, SPIRITS, MALT = ProductType.WINE, ProductType.DISTILLED_SPIRITS, ProductType.MALT_BEVERAGE
FAILED, NEEDS_REVIEW = Verdict.FAILED, Verdict.NEEDS_REVIEW

_STRIDE = 10_000
_TRIES = 200

Spoil = Callable[[LabelSpec], LabelSpec]


@dataclass(frozen=True, slots=True)
class Expected:
    """What a verification must answer: a finding of this rule, and this verdict."""

    rule_id: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Entry:
    """One defect: a sentence, what is expected by product type, how a label gets it, and of which origin it must be."""

    told: str
    expected: Mapping[ProductType, Expected]
    spoil: Spoil
    origin: Origin | None = None


def defective(defect: Defect, product: ProductType, seed: int) -> LabelSpec:
    """The label of that product type and seed with that defect.

    When the label of the seed itself cannot carry it (no vintage, no U.S. equivalent), the next of a fixed series of
    seeds is taken. Raises ValueError when the defect is none of that product type.
    """
    entry = CATALOGUE[defect]
    if product not in entry.expected:
        raise ValueError(f"{defect} is no defect of {product}; it applies to {', '.join(sorted(entry.expected))}")
    for step in count():
        correct = label(product, seed + step * _STRIDE, entry.origin)
        with_defect = spoilt(correct, defect)
        if replace(with_defect, defect=None) != correct:
            return with_defect
        if step >= _TRIES:
            break
    raise ValueError(f"no label of {product} can carry {defect}")


def spoilt(spec: LabelSpec, defect: Defect) -> LabelSpec:
    """The label with the defect; otherwise unchanged where it has nothing to spoil."""
    return replace(CATALOGUE[defect].spoil(spec), defect=defect)


def expected(spec: LabelSpec) -> Expected | None:
    """What a verification of a defective label must answer; None for a correct one."""
    return CATALOGUE[spec.defect].expected[spec.product] if spec.defect is not None else None


def _everywhere(rule_id: str, verdict: Verdict = FAILED) -> Mapping[ProductType, Expected]:
    return dict.fromkeys(ProductType, Expected(rule_id, verdict))


def _each(
    wine: str = "", spirits: str = "", malt: str = "", verdict: Verdict = FAILED
) -> Mapping[ProductType, Expected]:
    rules = {WINE: wine, SPIRITS: spirits, MALT: malt}
    return {product: Expected(rule_id, verdict) for product, rule_id in rules.items() if rule_id}


def _warning(old: str, new: str) -> Spoil:
    return lambda spec: replace(spec, warning_body=spec.warning_body.replace(old, new))


def _heading(text: str) -> Spoil:
    return lambda spec: replace(spec, warning_heading=text)


def _as_abv(spec: LabelSpec) -> LabelSpec:
    return replace(spec, alcohol=f"{spec.abv}% ABV", proof="")


def _proof_only(spec: LabelSpec) -> LabelSpec:
    return replace(spec, alcohol="", proof=f"{2 * (spec.abv or 0):f} PROOF".replace(".0 ", " "))


def _proof_disagrees(spec: LabelSpec) -> LabelSpec:
    return replace(spec, proof=f"({2 * (spec.abv or 0) + 10:f} PROOF)".replace(".0 ", " "))


def _too_weak(spec: LabelSpec) -> LabelSpec:
    return with_application(replace(spec, abv=Decimal(35), alcohol="35% ALC/VOL", proof="(70 PROOF)"))


def _too_strong_for_table_wine(spec: LabelSpec) -> LabelSpec:
    changed = replace(
        spec, class_type="RED TABLE WINE", varietals=(), abv=Decimal("15.1"), alcohol="ALC. 15.1% BY VOL."
    )
    return with_application(changed)


_CENTILITERS = {"750": "75 cl", "700": "70 cl", "375": "37.5 cl", "1.5": "150 cl", "1.75": "175 cl", "1": "100 cl"}
_OUNCES = {"750": "25.4", "700": "23.7", "375": "12.7", "1.5": "50.7", "1.75": "59.2", "1": "33.8"}
_OTHER_SIZE = {
    "750 mL": "700 mL", "750 ML": "700 ML", "700 mL": "750 mL", "375 mL": "355 mL", "1.5 L": "1 L", "1 L": "750 mL",
    "1.75 L": "1.5 L", "12 FL OZ": "11.2 FL OZ", "12 FL. OZ.": "16 FL. OZ.", "1 PINT": "12 FL OZ",
    "1 PT. 9.4 FL. OZ.": "1 PINT",
}  # fmt: skip


def _amount(spec: LabelSpec) -> str:
    return spec.net_contents.split()[0]


def _net(change: Callable[[LabelSpec], str]) -> Spoil:
    return lambda spec: replace(spec, net_contents=change(spec))


def _disagreeing(spec: LabelSpec) -> str:
    return "12 FL OZ (330 mL)" if spec.product is MALT else f"{spec.net_contents.split(' (')[0]} (8.5 FL OZ)"


def _unlawful_size(spec: LabelSpec) -> LabelSpec:
    return with_application(replace(spec, net_contents="650 mL"))


def _pint_as_ounces(spec: LabelSpec) -> LabelSpec:
    return replace(spec, net_contents="16 FL OZ (473 mL)") if spec.net_contents.startswith("1 PINT") else spec


def _without_country(spec: LabelSpec) -> LabelSpec:
    """Nor a foreign place or type, which would tell it (rulebook, common.country-of-origin)."""
    if "SCOTCH" in spec.class_type:
        return spec
    without = replace(spec, country="", maker=None, appellation="", vintage="")
    kept = replace(truthful_application(without), country_of_origin=spec.country)
    return replace(without, application=kept)


_LETTERS = str.maketrans({"O": "A", "A": "U", "E": "U", "I": "A", "U": "E"})


def _other_letter(spec: LabelSpec) -> LabelSpec:
    at = next(index for index, letter in enumerate(spec.brand) if letter in "OAEIU")
    brand = spec.brand[:at] + spec.brand[at].translate(_LETTERS) + spec.brand[at + 1 :]
    return replace(spec, application=replace(spec.application, brand_name=brand))


def _other_strength(spec: LabelSpec) -> LabelSpec:
    other = (spec.abv or Decimal(0)) + Decimal("0.1")
    return replace(spec, application=replace(spec.application, alcohol_content=f"{other}"))


def _other_net_contents(spec: LabelSpec) -> LabelSpec:
    other = _OTHER_SIZE[spec.application.net_contents]
    return replace(spec, application=replace(spec.application, net_contents=other))


def _other_state(spec: LabelSpec) -> LabelSpec:
    state = "OHIO" if spec.address.region != "OHIO" else "UTAH"
    claimed = f"{spec.address.name}, {spec.address.city}, {state}"
    return replace(spec, application=replace(spec.application, name_and_address=claimed))


def _other_vintage(spec: LabelSpec) -> LabelSpec:
    return replace(spec, application=replace(spec.application, vintage=str(int(spec.vintage) - 1)))


def _other_appellation(spec: LabelSpec) -> LabelSpec:
    other = next(home.appellation for home in HOMES if home.appellation != spec.appellation)
    return replace(spec, application=replace(spec.application, appellation=other))


def _other_varietal(spec: LabelSpec) -> LabelSpec:
    other = "ZINFANDEL" if spec.varietals != ("ZINFANDEL",) else "MALBEC"
    return replace(spec, application=replace(spec.application, varietals=other))


CATALOGUE: Mapping[Defect, Entry] = {
    Defect.WARNING_MISSING: Entry(
        "no health warning",
        _everywhere("health-warning.present"),
        lambda spec: replace(spec, warning_heading="", warning_body=""),
    ),
    Defect.WARNING_WORD_MISSING: Entry(
        "SHOULD DRINK for SHOULD NOT DRINK",
        _everywhere("health-warning.wording"),
        _warning("should not drink", "should drink"),
    ),
    Defect.WARNING_WORD_REPLACED: Entry(
        "CAN CAUSE for MAY CAUSE", _everywhere("health-warning.wording"), _warning("may cause", "can cause")
    ),
    Defect.WARNING_WORD_ADDED: Entry(
        "OPERATE HEAVY MACHINERY",
        _everywhere("health-warning.wording"),
        _warning("operate machinery", "operate heavy machinery"),
    ),
    Defect.WARNING_HEADING_TITLE_CASE: Entry(
        "heading not in capitals", _everywhere("health-warning.heading-capitals"), _heading("Government Warning:")
    ),
    Defect.WARNING_HEADING_MISSPELT: Entry(
        "GOVERMENT WARNING", _everywhere("health-warning.wording"), _heading("GOVERMENT WARNING:")
    ),
    Defect.WARNING_NUMBERS_MISSING: Entry(
        "neither (1) nor (2)",
        _everywhere("health-warning.numbering"),
        lambda spec: replace(spec, warning_body=spec.warning_body.replace("(1) ", "").replace("(2) ", "")),
    ),
    Defect.WARNING_COMMAS_MISSING: Entry(
        "no comma after GENERAL and MACHINERY",
        _everywhere("health-warning.punctuation", NEEDS_REVIEW),
        lambda spec: replace(spec, warning_body=spec.warning_body.replace(",", "")),
    ),
    Defect.ALCOHOL_MISSING: Entry(
        "no alcohol content",
        _each("wine.abv.required", "spirits.abv.required-format"),
        lambda spec: replace(spec, alcohol="", proof=""),
    ),
    Defect.ALCOHOL_AS_ABV: Entry(
        "40% ABV and the like",
        {
            **_each("wine.abv.format", verdict=NEEDS_REVIEW),
            **_each(spirits="spirits.abv.required-format", malt="malt.abv.format"),
        },
        _as_abv,
    ),
    Defect.ALCOHOL_AS_PROOF_ONLY: Entry(
        "proof in place of percent by volume", _each(spirits="spirits.abv.required-format"), _proof_only
    ),
    Defect.PROOF_DISAGREES: Entry(
        "proof is not twice the percentage", _each(spirits="common.proof-abv-consistent"), _proof_disagrees
    ),
    Defect.SPIRITS_TOO_WEAK: Entry(
        "35 % in a class that has at least 40 %", _each(spirits="spirits.class.min-abv"), _too_weak
    ),
    Defect.TABLE_WINE_TOO_STRONG: Entry(
        "table wine of 15.1 %",
        _each("wine.class.abv-consistent"),
        _too_strong_for_table_wine,
        Origin.DOMESTIC,
    ),
    Defect.NET_CONTENTS_MISSING: Entry(
        "no net contents",
        _each("wine.net.statement", "spirits.net.statement", "malt.net.us-measure"),
        _net(lambda _: ""),
    ),
    Defect.NET_CONTENTS_IN_CENTILITERS: Entry(
        "75 cl and the like, and nothing else",
        _each("wine.net.statement", "spirits.net.statement"),
        _net(lambda spec: _CENTILITERS[_amount(spec)]),
    ),
    Defect.NET_CONTENTS_IN_OUNCES: Entry(
        "fluid ounces, and nothing else",
        _each("wine.net.statement", "spirits.net.statement"),
        _net(lambda spec: f"{_OUNCES[_amount(spec)]} FL OZ"),
    ),
    Defect.NET_CONTENTS_METRIC_ONLY: Entry(
        "milliliters, and nothing else", _each(malt="malt.net.us-measure"), _net(lambda _: "355 mL")
    ),
    Defect.NET_CONTENTS_DISAGREE: Entry(
        "milliliters and fluid ounces disagree", _everywhere("common.net-units-consistent"), _net(_disagreeing)
    ),
    Defect.NOT_A_STANDARD_OF_FILL: Entry(
        "650 mL", _each("wine.net.standard-fill", "spirits.net.standard-fill"), _unlawful_size
    ),
    Defect.PINT_AS_OUNCES: Entry("16 FL OZ for 1 PINT", _each(malt="malt.net.us-measure"), _pint_as_ounces),
    Defect.CLASS_MISSING: Entry(
        "no class and type designation",
        _each("wine.class", "spirits.class", "malt.class"),
        lambda spec: replace(spec, class_type="", varietals=()),
        Origin.DOMESTIC,
    ),
    Defect.ADDRESS_MISSING: Entry(
        "no name and address",
        _each("wine.name-address.domestic", "spirits.name-address.domestic", "malt.name-address.domestic"),
        lambda spec: replace(spec, address=Address("", "")),
        Origin.DOMESTIC,
    ),
    Defect.ADDRESS_WITHOUT_PLACE: Entry(
        "a name without city and State",
        _each("wine.name-address.domestic", "spirits.name-address.domestic", "malt.name-address.domestic"),
        lambda spec: replace(spec, address=replace(spec.address, city="", region="")),
        Origin.DOMESTIC,
    ),
    Defect.IMPORTER_MISSING: Entry(
        "an import without its importer",
        _each("wine.name-address.imported", "spirits.name-address.imported", "malt.name-address.imported"),
        lambda spec: replace(spec, address=Address("", "")),
        Origin.IMPORTED,
    ),
    Defect.COUNTRY_MISSING: Entry(
        "an import without its country", _everywhere("common.country-of-origin"), _without_country, Origin.IMPORTED
    ),
    Defect.SULFITES_MISSING: Entry(
        "wine without a sulfite declaration",
        _each("common.sulfites", verdict=NEEDS_REVIEW),
        lambda spec: replace(spec, sulfites=""),
    ),
    Defect.APPLICATION_BRAND: Entry(
        "the application's brand name has another letter", _everywhere("app.brand-name"), _other_letter
    ),
    Defect.APPLICATION_ALCOHOL: Entry(
        "the application's alcohol content is 0.1 higher", _everywhere("app.alcohol-content"), _other_strength
    ),
    Defect.APPLICATION_NET_CONTENTS: Entry(
        "the application's net contents are others", _everywhere("app.net-contents"), _other_net_contents
    ),
    Defect.APPLICATION_STATE: Entry(
        "the application's address lies in another State", _everywhere("app.name-address"), _other_state
    ),
    Defect.APPLICATION_VINTAGE: Entry("the application's vintage is another", _each("app.vintage"), _other_vintage),
    Defect.APPLICATION_APPELLATION: Entry(
        "the application's appellation is another", _each("app.appellation"), _other_appellation, Origin.DOMESTIC
    ),
    Defect.APPLICATION_VARIETAL: Entry("the application's grape is another", _each("app.varietal"), _other_varietal),
}
