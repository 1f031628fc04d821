"""The data files beside this module: lists that specialists can read and extend without reading code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """One data file, parsed."""
    return tomllib.loads(files("services.validator.fields").joinpath("data", name).read_text("utf-8"))


def words(name: str) -> frozenset[str]:
    """One list of `words.toml`."""
    return frozenset(load("words.toml")[name])
