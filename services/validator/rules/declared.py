"""What the application declares among its ingredients: the law wants some of them told on the label."""

from __future__ import annotations

import re

from services.validator.fields.text import n2
from services.validator.label import Label


def declares(label: Label, pattern: re.Pattern[str]) -> bool:
    """Whether an ingredient that the application declares matches, in lower case."""
    return any(pattern.search(n2(item)) for item in label.submission.application.ingredients.split(","))
