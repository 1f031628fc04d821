"""The State of distillation of whisky: 27 CFR 5.66(f)."""

from __future__ import annotations

import re

from services.validator.fields.model import Statement
from services.validator.fields.places import STATES, state_named
from services.validator.fields.wording import find_wording
from services.validator.label import Label
from services.validator.rules.model import NOT_APPLICABLE, NOT_CHECKABLE, PASS, Result, Severity, fail, rule
from services.validator.rules.spirits_classes import SPIRITS, WHISKY, Designated, designations, own_class, wrong
from services.validator.submission import Origin

_WORDS_TOO = frozenset({"CO", "IN", "OR", "ME", "OK", "DE", "LA", "HI", "AL", "MA", "ID", "PR"})
"""Postal codes that are words or particles too: a State only after a city."""

_NAMES = "|".join(sorted((name.casefold().replace(" ", r"\s*") for name in STATES.values()), key=len, reverse=True))
_CODES = "|".join(code.casefold() for code in STATES if code not in _WORDS_TOO)
_ALL_CODES = "|".join(code.casefold() for code in STATES)
_DISTILLED_IN = re.compile(
    r"distilled\s*(?:(?:and|&|,)\s*\w+\s*){0,3}in\s*(?:the\s*state\s*of\s*)?"
    rf"(?:(?P<state>{_NAMES}|{_CODES})\b|[a-z .]{{3,25}},\s*(?P<after_city>{_NAMES}|{_ALL_CODES})\b)"
)
_TYPES = frozenset({"bourbon", "rye", "wheat", "malt", "corn", "straight", "mash"})
_STATE_NAME = re.compile(rf"\b(?:{_NAMES})\b")


def distilled_in_states(label: Label) -> tuple[Statement[str], ...]:
    """Every `Distilled in Indiana`; the value is the State's full name."""
    found: list[Statement[str]] = []
    for each in find_wording(label.text, _DISTILLED_IN):
        match = _DISTILLED_IN.search(each.value)
        state = state_named(match["state"] or match["after_city"]) if match else None
        if state is not None:
            found.append(Statement(state, each.text, each.confidence, each.evidence, each.alike))
    return tuple(found)


def _state_in(designated: Designated) -> str | None:
    """The State that a designation names: Kentucky of `Kentucky Straight Bourbon Whiskey`."""
    return state_in(designated.value.phrase)


def state_in(text: str) -> str | None:
    """The first State whose full name the text carries as whole words."""
    match = _STATE_NAME.search(text.casefold())
    return state_named(match[0]) if match else None


@rule(
    "spirits.state-of-distillation",
    title="State of distillation of whisky",
    citation="27 CFR 5.63(c)(4), 5.66(f)",
    severity=Severity.VIOLATION,
    applies_to=SPIRITS,
)
def spirits_state_of_distillation(label: Label) -> Result:
    """Domestic whisky of the U.S. types names its State: in `distilled by` or `in`, beside the class, or as bottler."""
    whisky = own_class(label, WHISKY)
    if whisky is None or label.origin is not Origin.DOMESTIC:
        return NOT_APPLICABLE
    named = [(each, state) for each in designations(label) if (state := _state_in(each)) is not None]
    if "light" in whisky.value.words:
        return _of_light_whisky(named)
    if not whisky.value.words & _TYPES:
        return NOT_APPLICABLE
    stated = distilled_in_states(label)
    for designated, state in named:
        other = next((each for each in stated if each.value != state), None)
        if other is not None:
            return wrong(
                designated,
                f"{designated.text} was distilled in {state} by its name, and elsewhere by “{other.text}”; "
                "27 CFR 5.66(f) requires one State.",
                "one State of distillation",
                certain=other.sure,
            )
    distillers = [e for e in label.names.addresses if e.value.does("distilled") and e.value.in_the_united_states]
    if named or stated or distillers:
        return PASS
    return _by_bottler(label, whisky)


def _of_light_whisky(named: list[tuple[Designated, str]]) -> Result:
    for designated, state in named:
        if state in ("Kentucky", "Tennessee"):
            return wrong(
                designated,
                f"{designated.text} names {state}; 27 CFR 5.66(f)(3) forbids it on light whisky outside the address.",
                f"no {state} beside the class",
                certain=True,
            )
    return NOT_APPLICABLE


def _by_bottler(label: Label, whisky: Designated) -> Result:
    """What the addresses tell when the State stands nowhere else."""
    located = [each for each in label.names.addresses if each.value.in_the_united_states]
    bottlers = [each for each in located if each.value.does("bottled")]
    if bottlers and len({each.value.state for each in bottlers}) == 1:
        return fail(
            Severity.INFORMATION,
            f"Only the bottler's address tells a State, so the whisky must have been distilled in "
            f"{bottlers[0].value.state} (27 CFR 5.66(f)(1)(ii)).",
            at=bottlers[0],
        )
    if not located:
        return NOT_CHECKABLE
    return wrong(
        whisky,
        f"No State of distillation was found; {located[0].text} does not tell it, and 27 CFR 5.66(f) requires it.",
        "such as Distilled in Indiana",
        certain=label.shows_everything and located[0].sure and bool(located[0].value.verbs),
    )
