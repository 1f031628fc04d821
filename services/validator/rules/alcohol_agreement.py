"""Whether all statements of alcohol content agree: percentage, proof, and application (rulebook 3, 5, 7)."""

from __future__ import annotations

import re
from decimal import Decimal

from services.validator.fields.alcohol import AlcoholClaim, AlcoholForm, AlcoholStatement
from services.validator.fields.model import images_of
from services.validator.fields.numbers import plain
from services.validator.fields.text import n2
from services.validator.label import Label
from services.validator.rules.measures import (
    alcohol_claim,
    comparison_weight,
    evidence_of,
    percent_text,
    same_field_of_vision,
    weight,
)
from services.validator.rules.model import (
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    PASS,
    Finding,
    Result,
    Severity,
    all_of,
    fail,
    rule,
)
from services.validator.submission import Mode, ProductType

DIFFERENCE = Decimal("0.1")
PROOF_REVIEW_UP_TO = Decimal(1)
WEIGHT_TO_VOLUME = Decimal("1.25")

_WINE_TAX_STEPS = (Decimal(16), Decimal(21))
"""Percent by volume above which still wine is taxed higher."""

_WEAK = frozenset({AlcoholForm.ALC_ONLY, AlcoholForm.NO_PERCENT_SIGN, AlcoholForm.OTHER_PHRASE})
"""Forms that may be no statement of alcohol content at all."""


@rule(
    "spirits.proof.placement",
    title="Proof stands with the alcohol content",
    citation="27 CFR 5.65(b)(1)(i)",
    severity=Severity.VIOLATION,
    applies_to=(ProductType.DISTILLED_SPIRITS,),
)
def spirits_proof_placement(label: Label) -> Result:
    """A statement of proof stands in the same field of vision as the percentage by volume."""
    proofs, stated = label.alcohol.proofs, label.alcohol.statements
    if not proofs or not stated:
        return NOT_APPLICABLE
    seen = [same_field_of_vision(label, proof, one) for proof in proofs for one in stated]
    if True in seen:
        return PASS
    if images_of(evidence_of(proofs)) & images_of(evidence_of(stated)):
        return NOT_CHECKABLE
    return fail(
        weight(*proofs, *stated) if None not in seen else Severity.REVIEW,
        f"“{proofs[0].text}” and “{stated[0].text}” were found on different panels; "
        "27 CFR 5.65(b)(1)(i) requires proof in the same field of vision as the percentage by volume.",
        expected="both in one field of vision",
        found=proofs[0].text,
        evidence=evidence_of((*proofs, *stated)),
    )


@rule(
    "common.proof-abv-consistent",
    title="Proof is twice the alcohol content",
    citation="27 CFR 5.1, 5.65(b)(1), 5.102",
    severity=Severity.VIOLATION,
)
def common_proof_abv_consistent(label: Label) -> Result:
    """Proof is twice the percentage of alcohol by volume."""
    stated = [one for one in label.alcohol.statements if one.value.percent is not None]
    if not stated or not label.alcohol.proofs:
        return NOT_APPLICABLE
    findings: list[Finding] = []
    for proof in label.alcohol.proofs:
        differences = [abs(proof.value.proof - 2 * (one.value.low or Decimal(0))) for one in stated]
        difference = min(differences)
        nearest = stated[differences.index(difference)]
        if difference > DIFFERENCE:
            twice = plain(2 * (nearest.value.low or Decimal(0)))
            findings.append(
                Finding(
                    weight(proof, nearest) if difference > PROOF_REVIEW_UP_TO else Severity.REVIEW,
                    f"The label states {plain(proof.value.proof)} proof and {percent_text(nearest.value)} alcohol by "
                    f"volume; proof is twice the percentage, here {twice}.",
                    expected=f"{twice} proof",
                    found=proof.text,
                    evidence=evidence_of((proof, nearest)),
                )
            )
    return all_of(findings)


@rule(
    "common.abv-single-value",
    title="All statements of alcohol content agree",
    citation="27 CFR 4.39(a)(1), 5.102, 7.102",
    severity=Severity.VIOLATION,
)
def common_abv_single_value(label: Label) -> Result:
    """Every statement of alcohol content gives the same value; only wine may give a range."""
    stated, chosen = label.alcohol.statements, label.alcohol.chosen
    if chosen is None:
        return NOT_APPLICABLE
    findings: list[Finding] = []
    if label.product_type is ProductType.DISTILLED_SPIRITS and chosen.value.percent is None:
        findings.append(
            Finding(
                weight(chosen),
                f"The alcohol content “{chosen.text}” is a range; spirits state one value.",
                expected="one value",
                found=chosen.text,
                evidence=chosen.evidence,
            )
        )
    other = next((one for one in stated if _differ(one.value, chosen.value)), None)
    if other is not None:
        weak = bool({chosen.value.form, other.value.form} & _WEAK)
        findings.append(
            Finding(
                Severity.REVIEW if weak else weight(chosen, other),
                f"The label states {percent_text(chosen.value)} and {percent_text(other.value)} alcohol by volume; "
                "all statements must agree.",
                expected=percent_text(chosen.value),
                found=other.text,
                evidence=evidence_of((chosen, other)),
            )
        )
    return all_of(findings) if findings or len(stated) > 1 else NOT_APPLICABLE


def _differ(one: AlcoholStatement, other: AlcoholStatement) -> bool:
    zero = Decimal(0)
    lows = abs((one.low or zero) - (other.low or zero))
    highs = abs((one.high or zero) - (other.high or zero))
    return max(lows, highs) >= DIFFERENCE


@rule(
    "app.alcohol-content",
    title="Alcohol content is that of the application",
    citation="27 CFR 4.36, 5.65, 7.65",
    severity=Severity.VIOLATION,
)
def app_alcohol_content(label: Label) -> Result:
    """Label and application give the same alcohol content; tolerances are for the liquid and excuse no difference."""
    claim = alcohol_claim(label)
    if claim is None:
        return NOT_CHECKABLE
    if claim.empty:
        return NOT_APPLICABLE
    if claim.wording:
        return _compare_wording(label, claim.wording)
    if claim.by_weight:
        return _compare_by_weight(label, claim)
    return _compare(label, claim)


def _compare(label: Label, claim: AlcoholClaim) -> Result:
    claimed = AlcoholStatement(AlcoholForm.NUMBER_ALC_BY_VOL, claim.low, claim.high)
    chosen = label.alcohol.chosen
    if chosen is None:
        return _compare_proof(label, claimed)
    if not _differ(chosen.value, claimed):
        return PASS
    agrees_elsewhere = any(not _differ(one.value, claimed) for one in label.alcohol.statements)
    taxed = label.submission.mode is Mode.MARKET_CHECK and _tax_class(label, claimed) != _tax_class(label, chosen.value)
    return fail(
        Severity.REVIEW if agrees_elsewhere or taxed else comparison_weight(label, chosen),
        f"The label states {percent_text(chosen.value)} alcohol by volume; "
        f"the application says {percent_text(claimed)}."
        + (" The tax class of the wine is another one." if taxed else ""),
        expected=percent_text(claimed),
        found=chosen.text,
        evidence=chosen.evidence,
    )


def _tax_class(label: Label, stated: AlcoholStatement) -> int:
    """How many steps of the tax on wine (26 U.S.C. 5041(b)) lie below a content; other products have one class."""
    if label.product_type is not ProductType.WINE or stated.high is None:
        return 0
    return sum(stated.high > step for step in _WINE_TAX_STEPS)


def _compare_proof(label: Label, claimed: AlcoholStatement) -> Result:
    if not label.alcohol.proofs:
        return _not_found(percent_text(claimed))
    proof = label.alcohol.proofs[0]
    percent = proof.value.proof / 2
    if claimed.low is not None and claimed.percent is not None and abs(percent - claimed.low) < DIFFERENCE:
        return PASS
    return fail(
        comparison_weight(label, proof),
        f"The label states {plain(proof.value.proof)} proof, which is {plain(percent)} % alcohol by volume; "
        f"the application says {percent_text(claimed)}.",
        expected=percent_text(claimed),
        found=proof.text,
        evidence=proof.evidence,
    )


def _compare_by_weight(label: Label, claim: AlcoholClaim) -> Result:
    if claim.low is None:
        return NOT_APPLICABLE
    stated = [one for one in label.alcohol.by_weight if one.value.low is not None]
    if any(abs((one.value.low or 0) - claim.low) < DIFFERENCE for one in stated):
        return PASS
    chosen = label.alcohol.chosen
    if chosen is None and not stated:
        return _not_found(f"{plain(claim.low)} % by weight")
    by_volume = (claim.low * WEIGHT_TO_VOLUME).quantize(DIFFERENCE)
    if chosen is not None and chosen.value.percent is not None and abs(chosen.value.percent - by_volume) < DIFFERENCE:
        return PASS
    shown = chosen or stated[0]
    return fail(
        Severity.REVIEW,
        f"The label states “{shown.text}”; the application says {plain(claim.low)} % by weight, "
        f"about {plain(by_volume)} % by volume.",
        expected=f"{plain(claim.low)} % by weight",
        found=shown.text,
        evidence=shown.evidence,
    )


def _compare_wording(label: Label, wording: str) -> Result:
    designation = label.names.class_type
    if designation is not None and re.search(rf"\b{wording}\b", n2(designation.text)):
        return PASS
    return _not_found(f"“{wording} wine”")


def _not_found(expected: str) -> Result:
    return fail(
        Severity.REVIEW,
        f"The application says {expected}; no such statement was read on the label.",
        expected=expected,
    )
