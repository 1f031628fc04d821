"""The rules between the contract and the domain: how `GET /rules` and `GET /rules/{id}` show them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict

from ttb.validator.v1 import validator_pb2 as pb

from services.common.errors import Reason, TtbError
from services.validator.rule_examples import Answer, Example, examples_of
from services.validator.rules.model import REGISTRY, Rule
from services.validator.submission import Application, ProductType

_ANSWERS = {Answer.PASS: "passed"}
"""Where the contract names an answer otherwise: `pass` is no name in many languages."""


def rule(each: Rule) -> pb.Rule:
    """One rule without its examples, as a list shows it."""
    return pb.Rule(
        rule_id=each.rule_id,
        title=each.title,
        citation=each.citation,
        severity=pb.Severity.Value.Value(each.severity.value),
        applies_to=[pb.ProductType.Value.Value(product.value) for product in ProductType if product in each.applies_to],
        description=each.description,
        effective_from=each.effective_from.isoformat() if each.effective_from else "",
    )


def rule_with_examples(rule_id: str) -> pb.Rule:
    """The rule of this id with its examples. Raises `TtbError` when there is none, naming those that are alike."""
    if rule_id not in REGISTRY:
        raise _no_such_rule(rule_id)
    shown = rule(REGISTRY[rule_id])
    shown.examples.extend(map(_example, examples_of(rule_id)))
    return shown


def _example(example: Example) -> pb.RuleExample:
    shown = pb.RuleExample(
        answer=pb.RuleAnswer.Value.Value(_ANSWERS.get(example.verdict, example.verdict.value)),
        shows=example.shows,
        text=example.text.strip("\n"),
        product_type=pb.ProductType.Value.Value(example.product.value),
    )
    if example.application != Application():
        shown.application.CopyFrom(pb.Application(**asdict(example.application)))
    return shown


def _no_such_rule(rule_id: str) -> TtbError:
    alike = [known for known in REGISTRY if rule_id in known] or difflib.get_close_matches(rule_id, REGISTRY)
    hint = f" Did you mean {_either(alike[:3])}?" if alike else ""
    return TtbError(Reason.NO_SUCH_RULE, f"There is no rule `{rule_id}`.{hint} GET /rules lists all.")


def _either(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
