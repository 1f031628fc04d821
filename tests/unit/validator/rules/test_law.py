"""What the code cites and quotes, held against the text of the law (tests/data/cfr, edition of April 1, 2024)."""

from __future__ import annotations

import ast
import re
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from services.validator.fields.net_grammar import parse_volumes
from services.validator.fields.text import n2
from services.validator.fields.warning_text import CANONICAL
from services.validator.fields.wordlists import load
from services.validator.rules.model import REGISTRY, Rule
from tests.common.cfr import PARTS, sections

VALIDATOR = Path(__file__).parents[4] / "services" / "validator"
FILLS = tomllib.loads((VALIDATOR / "rules" / "data" / "standards_of_fill.toml").read_text("utf-8"))
SECTION = re.compile(r"(?<![\d.])(\d{1,2}\.\d+)((?:\(\w+\))*)")
CITED = re.compile(r"27 CFR [^\"'“”;\n]*")
NOT_IN_THE_EDITION = {"5.143(c)(15)"}
"""Paragraphs that later law added."""

NAMED_BY_NO_LAW = {"cocktail", "style only"}
"""Families of names that the cited section allows without naming one."""
STATEMENT = re.compile(r"(?:[Cc]ontains|CONTAINS|PHENYLKETONURICS:|[Dd]istilled from|[Tt]his statement) ")
"""How statements begin that the law words."""


def cited(text: str) -> list[tuple[str, str]]:
    """The sections of parts 4, 5, 7 and 16 that a text cites, each with its paragraphs: `("4.32", "(a)(1)")`."""
    found = [match.groups() for passage in CITED.findall(text) for match in SECTION.finditer(passage)]
    return [(number, paragraphs) for number, paragraphs in found if int(number.partition(".")[0]) in PARTS]


@pytest.mark.parametrize("rule", REGISTRY.values(), ids=lambda rule: rule.rule_id)
def test_a_rule_cites_paragraphs_that_exist(rule: Rule) -> None:
    for number, paragraphs in cited(rule.citation):
        assert number in sections()
        for letter in re.findall(r"\(\w+\)", paragraphs):
            if f"{number}{paragraphs}" not in NOT_IN_THE_EDITION:
                assert letter in sections()[number].text, f"27 CFR {number}{paragraphs}"


@pytest.mark.parametrize("path", sorted([*VALIDATOR.rglob("*.py"), *VALIDATOR.rglob("*.toml")]), ids=lambda p: p.name)
def test_code_and_data_cite_sections_that_exist(path: Path) -> None:
    assert [number for number, _ in cited(path.read_text("utf-8")) if number not in sections()] == []


def test_most_of_what_is_cited_was_looked_at() -> None:
    assert len({number for rule in REGISTRY.values() for number, _ in cited(rule.citation)}) > 20


def test_the_warning_is_that_of_the_law() -> None:
    assert CANONICAL in sections()["16.21"].text


def test_the_grape_names_are_those_of_the_law() -> None:
    ours = [" ".join([entry["name"], *_bracketed(entry["synonyms"])]) for entry in load("grapes.toml")["approved"]]
    law = [re.sub(r"\(\s+|\s+\)", lambda mark: mark.group().strip(), entry) for entry in sections()["4.91"].entries]
    assert ours == law


def _bracketed(synonyms: list[str]) -> list[str]:
    return [f"({', '.join(synonyms)})"] if synonyms else []


def test_the_standards_of_fill_of_wine_are_those_of_the_law() -> None:
    (edition,) = [each for each in FILLS["edition"] if each["product"] == "wine" and "effective_from" not in each]
    law = {_millilitres(entry) for entry in sections()["4.72"].entries}
    assert set(edition["sizes"]) == law


def test_the_standards_of_fill_of_spirits_are_those_of_the_law() -> None:
    (edition,) = [each for each in FILLS["edition"] if each["product"] != "wine" and "effective_from" not in each]
    text = sections()["5.203"].text.partition("(b) Spirits bottled")[0]
    others, cans = text.partition("(2) Metal cans.")[::2]
    sizes = re.compile(r"[\d.]+ (?:Liters?|mL)")
    assert set(edition["sizes"]) == {_millilitres(size) for size in sizes.findall(others)}
    assert set(edition["can_sizes"]) == {_millilitres(size) for size in sizes.findall(cans)}


def _millilitres(text: str) -> int:
    (parsed,) = parse_volumes(text)
    return int(Decimal(parsed.volume.total))


@pytest.mark.parametrize(
    "family",
    [each for each in load("classes.toml")["families"] if each["family"] not in NAMED_BY_NO_LAW],
    ids=lambda family: family["family"],
)
def test_a_class_stands_where_the_law_defines_it(family: dict[str, list[str]]) -> None:
    for number, _ in cited(str(family.get("citation", "27 CFR 4.21"))):
        text = n2(sections()[number].text)
        assert any(n2(name) in text for name in family["names"]), number


@pytest.mark.parametrize("path", sorted((VALIDATOR / "rules").glob("*.py")), ids=lambda p: p.name)
def test_statements_that_the_law_words_are_worded_so(path: Path) -> None:
    law = _plain(" ".join(section.text for section in sections().values()))
    texts = [node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)]
    ours = [text for text in texts if isinstance(text, str) and STATEMENT.match(text) and "\\" not in text]
    assert [each for text in ours for each in text.split(" or ") if _plain(each) not in law] == []


def _plain(text: str) -> str:
    """In lower case, percentages as a sign; 27 CFR 7.65(e) offers both ways of writing one."""
    return n2(text).replace(" percent (or .5%)", "%").rstrip(" .")
