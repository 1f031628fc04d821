"""An issued certificate's status and its qualifications (27 CFR 13.41, 13.51), for labels that are on the market."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.validator.fields.names import given
from services.validator.fields.text import n1, n2
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, Finding, Result, Severity, all_of, rule

_IN_FORCE = frozenset({"approved"})
_NOT_REVIEWED = re.compile(r"ttb has not reviewed this label for type size")
"""The qualification that nearly every certificate bears; it asks nothing of the wording."""

_PERSONALIZED = re.compile(r"personali[sz]")
_QUOTED = re.compile(r'"([^"]+)"')
_REPLACES = re.compile(r"\b(?:not|no|never|without|instead|remove|delete|omit|replace|change[ds]?|correct(?:ed)?)\b")


@rule(
    "app.status-qualifications",
    title="Status and qualifications of the certificate",
    citation="27 CFR 13.41, 13.51; 4.54, 5.29, 7.29",
    severity=Severity.REVIEW,
)
def app_status_qualifications(label: Label) -> Result:
    """The certificate is approved and in force, and the label meets every qualification that it bears."""
    application = label.submission.application
    if not given(application.certificate_status) and not given(application.qualifications):
        return NOT_APPLICABLE
    return all_of((*_status(n2(given(application.certificate_status))), *_qualifications(label)))


def _status(status: str) -> Iterator[Finding]:
    if status and status not in _IN_FORCE:
        yield Finding(
            Severity.REVIEW,
            f"The certificate's status is “{status}”; only an approved one that was not surrendered or revoked and has "
            "not expired covers labels.",
            expected="approved",
            found=status,
        )


def _qualifications(label: Label) -> Iterator[Finding]:
    """Each qualification stands in a row of its own."""
    for row in given(label.submission.application.qualifications).splitlines():
        qualification = n1(row)
        if not qualification or _NOT_REVIEWED.search(n2(row)):
            continue
        if _PERSONALIZED.search(n2(row)):
            yield Finding(
                Severity.INFORMATION,
                "The certificate allows personalized labels: salutations, names, dates and art may differ from what "
                f"was approved, everything else may not. It says: {qualification}",
                expected=qualification,
            )
        elif not _met(label, qualification):
            yield Finding(
                Severity.REVIEW,
                f"A person has to see whether the label meets the certificate's qualification: {qualification}",
                expected=qualification,
            )


def _met(label: Label, qualification: str) -> bool:
    """Whether the label prints all that the qualification quotes; what it wants changed or removed is not judged."""
    quoted = _QUOTED.findall(qualification)
    if not quoted or _REPLACES.search(n2(qualification)):
        return False
    return all(find_wording(label.text, re.compile(re.escape(n2(wording)))) for wording in quoted)
