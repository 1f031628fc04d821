"""The rules' data files: lists with their citation, which specialists can read and extend without reading code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load(name: str) -> dict[str, Any]:
    """One file below `data/`, parsed."""
    return tomllib.loads(files("services.validator.rules").joinpath("data", name).read_text("utf-8"))


def any_of(words: Iterable[str]) -> str:
    """A pattern of alternatives in lower case, the longest first."""
    return "|".join(sorted((re.escape(word.casefold()) for word in words), key=len, reverse=True))
