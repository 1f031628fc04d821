"""Whatever form the law allows passes, and a warning with one word changed never does: properties of the rules."""

from __future__ import annotations

import textwrap
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.validator.fields.numbers import plain
from services.validator.fields.warning_text import CANONICAL_WORDS, reads_confusably, reads_right
from services.validator.submission import ProductType
from tests.common.named_labels import MALT, SPIRITS, WINE, check, label, outcome

ALCOHOL_RULES = {
    WINE: ("wine.abv.required", "wine.abv.format"),
    SPIRITS: ("spirits.abv.required-format",),
    MALT: ("malt.abv.format", "malt.abv.precision"),
}
STRENGTHS = {WINE: (70, 240), SPIRITS: (400, 950), MALT: (5, 190)}
"""Tenths of a percent by volume."""

ALC = st.sampled_from(["Alcohol", "alc.", "ALC", "(alc.)"])
VOL = st.sampled_from(["volume", "Vol.", "VOL", "(vol.)"])
BY = st.sampled_from([" by ", "/", " BY ", " / "])
PERCENT = st.sampled_from(["%", " %", " percent"])
FORMS = st.sampled_from(
    ["{alc} {number}{percent}{by}{vol}", "{number}{percent} {alc}{by}{vol}", "{alc}{by}{vol}: {number}{percent}"]
)


@given(
    product=st.sampled_from(ProductType),
    part=st.integers(0, 100),
    form=FORMS,
    alc=ALC,
    vol=VOL,
    by=BY,
    percent=PERCENT,
)
@settings(max_examples=80, deadline=None)
def test_any_legal_statement_of_alcohol_content_passes(
    product: ProductType, part: int, form: str, alc: str, vol: str, by: str, percent: str
) -> None:
    """27 CFR 4.36(b), 5.65(a), 7.65(b)."""
    least, most = STRENGTHS[product]
    number = plain(Decimal(least + (most - least) * part // 100) / 10)
    printed = form.format(alc=alc, number=number, percent=percent, by=by, vol=vol)
    subject = label(f"STONE'S THROW\n\n{printed}", product)
    assert {rule_id: outcome(check(rule_id, subject)) for rule_id in ALCOHOL_RULES[product]} == dict.fromkeys(
        ALCOHOL_RULES[product], "pass"
    )


METRIC_SIZES = st.sampled_from([50, 100, 187, 200, 250, 355, 375, 500, 750, 1000, 1500, 3000])
MILLILITRES = st.sampled_from(["{} mL", "{}ML", "{} ml.", "{} milliliters", "NET CONTENTS {} MILLILITERS", "{} mL e"])
LITRES = st.sampled_from(["{} L", "{}L", "{} liters", "{} Liter", "NET CONTENTS: {} LITERS"])
OUNCES = st.sampled_from(["{} FL OZ", "{} fl. oz.", "{} Fluid Ounces", "NET CONTENTS {} FLUID OUNCES"])


@given(product=st.sampled_from([WINE, SPIRITS]), size=METRIC_SIZES, small=MILLILITRES, large=LITRES)
@settings(max_examples=50, deadline=None)
def test_any_standard_of_fill_in_metric_units_passes(product: ProductType, size: int, small: str, large: str) -> None:
    """27 CFR 4.37(a), 4.72, 5.70(a)."""
    printed = small.format(size) if size < 1000 else large.format(plain(Decimal(size) / 1000))
    subject = label(f"STONE'S THROW\n\n{printed}", product)
    rule_id = "wine.net.statement" if product is WINE else "spirits.net.statement"
    assert outcome(check(rule_id, subject)) == "pass"


@given(tenths=st.integers(10, 159), form=OUNCES)
@settings(max_examples=50, deadline=None)
def test_any_volume_below_a_pint_passes_in_fluid_ounces(tenths: int, form: str) -> None:
    """27 CFR 7.70(a)(1)."""
    subject = label(f"STONE'S THROW\n\n{form.format(plain(Decimal(tenths) / 10))}", MALT)
    assert outcome(check("malt.net.us-measure", subject)) == "pass"


@given(ounces=st.integers(1, 15), between=st.sampled_from([" ", ", ", " and "]))
@settings(max_examples=30, deadline=None)
def test_pints_and_ounces_pass_from_a_pint_to_a_quart(ounces: int, between: str) -> None:
    """27 CFR 7.70(a)(3)."""
    subject = label(f"STONE'S THROW\n\n1 PINT{between}{ounces} FL OZ", MALT)
    assert outcome(check("malt.net.us-measure", subject)) == "pass"


WORDS = [at for at, word in enumerate(CANONICAL_WORDS[:-1]) if at > 2 and word.isalpha()]
"""Words that have neighbours on both sides; the heading and the numbers have rules of their own."""
WIDTHS = st.integers(30, 110)


def judged(words: list[str], width: int, *, upper: bool) -> str:
    """What the rule says of the words, set in rows."""
    text = " ".join(words)
    rows = textwrap.wrap(text.upper() if upper else text, width, break_on_hyphens=False)
    return outcome(check("health-warning.wording", label("\n".join(rows))))


@given(
    index=st.sampled_from(WORDS),
    other=st.sampled_from(["heavy", "tractor", "always", "serious", "wisdom", "orchard"]),
    added=st.booleans(),
    width=WIDTHS,
    upper=st.booleans(),
)
@settings(max_examples=80, deadline=None)
def test_a_warning_with_another_word_fails(index: int, other: str, added: bool, width: int, upper: bool) -> None:
    """27 CFR 16.21: in the place of one, or added."""
    assume(not reads_right(index, other) and not reads_confusably(index, other))
    words = list(CANONICAL_WORDS)
    words[index : index + (not added)] = [other]
    assert judged(words, width, upper=upper) == "violation"


@given(index=st.sampled_from(WORDS), width=WIDTHS, upper=st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_warning_without_a_word_never_passes(index: int, width: int, upper: bool) -> None:
    """27 CFR 16.21; a person looks where reading may have lost the word, short or at the edge of a row."""
    words = [word for at, word in enumerate(CANONICAL_WORDS) if at != index]
    assert judged(words, width, upper=upper) in ("violation", "review")
