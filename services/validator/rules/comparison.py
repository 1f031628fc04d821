"""How a value of the application is compared with the label, for all rules of the comparison (rulebook A2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from services.validator.fields.known_names import Likeness, NameMatch
from services.validator.fields.model import Statement
from services.validator.fields.names import given
from services.validator.fields.text import same_name
from services.validator.label import Label
from services.validator.rules.measures import weight
from services.validator.rules.model import NOT_APPLICABLE, PASS, Result, Severity, fail

Value = TypeVar("Value")


def listed_names(label: Label) -> tuple[str, ...]:
    """The names and trade names of the permit, as the application gives them."""
    return tuple(name.strip() for name in given(label.submission.application.permit_names).split(";") if name.strip())


def surest(statements: Iterable[Statement[Value]]) -> Statement[Value] | None:
    """The statement that was read best, the first of equals; None of none."""
    return max(statements, key=lambda each: (each.sure, each.alike, each.confidence), default=None)


def differs(
    what: str, wanted: str, statement: Statement[object], *, severity: Severity | None = None, why: str = ""
) -> Result:
    """The label prints another value than the application gives, or the same one where it may mean something else."""
    if same_name(statement.text, wanted):
        message = f"The label prints {statement.text}, but it is not sure that this is the {what}.{why}"
    else:
        message = f"The label prints the {what} as {statement.text}; the application says {wanted}.{why}"
    return fail(
        severity or weight(statement),
        message,
        expected=wanted,
        at=statement,
    )


def not_read(what: str, wanted: str, severity: Severity = Severity.REVIEW) -> Result:
    """The application's value was not found; never a pass."""
    return fail(severity, f"The {what} {wanted} of the application was not read on the images.", expected=wanted)


def compared(what: str, match: NameMatch | None, *, unread: Severity = Severity.REVIEW) -> Result:
    """The result for a name that was looked for as a known string."""
    if match is None:
        return NOT_APPLICABLE
    if match.found:
        return PASS
    statement = match.statement
    if statement is None:
        return not_read(what, match.wanted, unread)
    why = _WHY.get(match.likeness, "")
    severe = match.likeness in (Likeness.LONGER, Likeness.DIFFERENT)
    return differs(what, match.wanted, statement, severity=None if severe else Severity.REVIEW, why=why)


_WHY = {
    Likeness.BUSINESS_WORD: " A business word such as Winery or Company stands beside it, or is missing.",
    Likeness.RUN_ON: " The words beside it may belong to it.",
    Likeness.ALIKE: " The rest of it may stand elsewhere or be unread.",
    Likeness.CONFUSABLE: " The letters that differ are such as optical reading confuses or loses.",
}
