"""Words that part 4 reserves or forbids on wine: lists that specialists can read and extend without reading code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.validator.rules.tables import load


@dataclass(frozen=True, slots=True)
class WineLists:
    """The lists of `data/wine_terms.toml`, in lower case; what each is for, and its citation, stands there."""

    edition: date
    foreign_terms: tuple[str, ...]
    like_foreign_terms: tuple[str, ...]
    bulk_process: tuple[str, ...]
    sweetness: tuple[str, ...]
    drinks: tuple[str, ...]
    spirits: tuple[str, ...]
    spirit_flavors: tuple[str, ...]
    counties: tuple[str, ...]
    praise: tuple[str, ...]
    no_ingredients: tuple[str, ...]
    semi_generic: Mapping[str, tuple[str, ...]]
    brand_places: Mapping[str, tuple[str, ...]]


def _load() -> WineLists:
    tables = load("wine_terms.toml")
    edition = date.fromisoformat(tables["edition"])
    lists = {name: _frozen(table) for name, table in tables.items() if name != "edition"}
    return WineLists(edition=edition, **lists)


def _frozen(table: Any) -> Any:
    return {name: tuple(words) for name, words in table.items()} if isinstance(table, dict) else tuple(table)


LISTS = _load()
