"""The rules for people: a table of many, and one with all that it says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli.listing import simple_table
from ttb_client.cli.output import printable

_SEVERITY_STYLE = {pb.Severity.violation: "red", pb.Severity.review: "yellow", pb.Severity.information: "cyan"}
_ANSWER_STYLE = {
    pb.RuleAnswer.passed: "green",
    pb.RuleAnswer.violation: "red",
    pb.RuleAnswer.review: "yellow",
    pb.RuleAnswer.information: "cyan",
}
_TITLE_WIDTH = 44
_TYPES = {pb.ProductType.wine: "W", pb.ProductType.distilled_spirits: "S", pb.ProductType.malt_beverage: "M"}


def rules_table(rules: Sequence[pb.Rule]) -> RenderableType:
    """One row for each rule."""
    table = simple_table("rule", "for", "can be", "requires")
    table.columns[0].no_wrap = True
    for rule in rules:
        applies_to = "".join(_TYPES.get(each, "?") for each in rule.applies_to)
        table.add_row(
            Text(printable(rule.rule_id)),
            applies_to,
            _severity(rule),
            _title(printable(rule.title), printable(rule.citation)),
        )
    legend = Text(
        f"{_counted(len(rules))}. For: W wine, S distilled spirits, M malt beverages. One in full: ttb rules show RULE",
        style="dim",
    )
    return Group(table, legend)


def _counted(count: int) -> str:
    return "1 rule" if count == 1 else f"{count} rules"


def _severity(rule: pb.Rule) -> Text:
    return Text(pb.Severity.Value.Name(rule.severity), style=_SEVERITY_STYLE.get(rule.severity, ""))


def _title(title: str, citation: str) -> Text:
    """Title and citation on one line, or on two rather than broken within the citation."""
    between = "  " if len(title) + len(citation) <= _TITLE_WIDTH - 2 else "\n"
    return Text.assemble(title, between, (citation, "dim"))


def rule_page(rule: pb.Rule) -> RenderableType:
    """Everything about one rule, its examples last."""
    products = ", ".join(pb.ProductType.Value.Name(each).replace("_", " ") for each in rule.applies_to)
    facts = [f"at most a {pb.Severity.Value.Name(rule.severity)}", products, rule.citation]
    facts += [f"from {rule.effective_from}"] if rule.effective_from else []
    parts: list[RenderableType] = [
        Text.assemble((printable(rule.rule_id), "bold"), "  ", printable(rule.title)),
        Text(printable(" · ".join(facts)), style="dim"),
        Text(),
        Text(printable(rule.description)),
    ]
    for example in rule.examples:
        parts += [Text(), *_example(example)]
    return Group(*parts)


def _example(example: pb.RuleExample) -> Iterator[RenderableType]:
    answer = pb.RuleAnswer.Value.Name(example.answer).replace("_", " ")
    yield Text.assemble((answer, _ANSWER_STYLE.get(example.answer, "dim")), "  ", printable(example.shows))
    declared = "; ".join(
        f"{field.name.replace('_', ' ')} {printable(value)}" for field, value in example.application.ListFields()
    )
    if declared:
        yield Padding(Text(f"application: {declared}", style="dim"), (0, 0, 0, 4), expand=False)
    rows = [printable(row) for row in example.text.split("\n")]
    if any(rows):
        yield Padding(Text("\n".join(rows), style="dim"), (0, 0, 0, 4), expand=False)
