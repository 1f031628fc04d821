"""Words that part 4 reserves or forbids on wine: lists that specialists can read and extend without reading code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any


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
    text = resources.files(__package__).joinpath("data/wine_terms.toml").read_text(encoding="utf-8")
    tables: dict[str, Any] = tomllib.loads(text)
    edition = date.fromisoformat(tables.pop("edition"))
    return WineLists(edition=edition, **{name: _frozen(table) for name, table in tables.items()})


def _frozen(table: Any) -> Any:
    return {name: tuple(words) for name, words in table.items()} if isinstance(table, dict) else tuple(table)


LISTS = _load()


def any_of(words: Iterable[str]) -> str:
    """A pattern of alternatives in lower case, the longest first."""
    return "|".join(sorted((re.escape(word.casefold()) for word in words), key=len, reverse=True))
