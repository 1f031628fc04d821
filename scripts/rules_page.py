"""Write docs/rules.md from the registered rules and their examples, or check that it is fresh (`--check`)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from services.validator.rule_examples import Answer, Example, examples_of
from services.validator.rules.model import ALL_PRODUCTS, REGISTRY, Rule
from services.validator.submission import ProductType

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"

_PARTS = {
    "scope": "What the rules apply to",
    "health-warning": "Health warning (27 CFR part 16)",
    "common": "All products",
    "wine": "Wine (27 CFR part 4)",
    "spirits": "Distilled spirits (27 CFR part 5)",
    "malt": "Malt beverages (27 CFR part 7)",
    "prohibited": "Prohibited practices",
    "app": "The label against its application (TTB F 5100.31)",
}
"""Headings by the first part of a rule's id, in the order of the page."""

_OPENING = """# The rules

Written by `make docs` from the rules and their examples, which a test judges one by one. Each rule says the most that
it can weigh: a *violation* fails the label, a *review* asks for a person, *information* changes nothing. A rule weighs
less where the label was not read surely or not all of it was given. `ttb rules show RULE` and `GET /rules/{id}` show
the same with the labels of the examples; `VALIDATOR_DISABLED_RULES` and `disabled_rules` switch rules off.
"""


def page() -> str:
    """The page in Markdown. Raises KeyError for a rule whose part has no heading."""
    by_part: dict[str, list[Rule]] = {part: [] for part in _PARTS}
    for rule in REGISTRY.values():
        by_part[rule.rule_id.partition(".")[0]].append(rule)
    rows = [_OPENING]
    for part, rules in by_part.items():
        if rules:
            rows.append(f"## {_PARTS[part]}\n")
            rows += [row for rule in rules for row in _rule(rule)]
    return "\n".join(rows)


def _rule(rule: Rule) -> Iterator[str]:
    yield f"### `{rule.rule_id}`\n"
    yield f"**{rule.title}.** {rule.description}\n"
    facts = [rule.citation, f"at most {rule.severity}", _products(rule)]
    if rule.effective_from is not None:
        facts.append(f"from {rule.effective_from.isoformat()}")
    yield " · ".join(facts) + "\n"
    shown = examples_of(rule.rule_id)
    if shown:
        yield "\n".join(_example(each) for each in shown) + "\n"


def _products(rule: Rule) -> str:
    if rule.applies_to == ALL_PRODUCTS:
        return "all products"
    return ", ".join(product.replace("_", " ") for product in ProductType if product in rule.applies_to)


def _example(example: Example) -> str:
    answer = "passes" if example.verdict is Answer.PASS else str(example.verdict).replace("_", " ")
    return f"- {answer}: {_escaped(example.shows)}"


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    for mark in "\\`*_<>|":
        text = text.replace(mark, f"\\{mark}")
    return text


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the page is stale")
    if parser.parse_args().check:
        if not PAGE.is_file() or PAGE.read_text("utf-8") != page():
            sys.exit("docs/rules.md is stale, run `make docs`")
        return
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
