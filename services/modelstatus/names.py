"""Names of models, as Ollama writes them, and the only way from a name to a path.

Names come from callers; what is not a plain `model` or `model:tag` of Ollama's library is refused here, so that no name
leaves the folder it belongs to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_TAG = "latest"
_NAME = re.compile(r"(?P<model>[A-Za-z0-9][A-Za-z0-9._-]{0,79})(:(?P<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,79}))?")


@dataclass(frozen=True, slots=True)
class ModelName:
    """A model of Ollama's library and its tag."""

    model: str
    tag: str = DEFAULT_TAG

    @classmethod
    def parse(cls, text: str) -> ModelName:
        """Read `llama3.2-vision` or `llama3.2-vision:11b`. Raises ValueError with a sentence for the caller."""
        found = _NAME.fullmatch(text)
        if found is None:
            raise ValueError("must be a name such as `llama3.2-vision` or `llama3.2-vision:11b`.")
        return cls(found["model"], found["tag"] or DEFAULT_TAG)

    def __str__(self) -> str:
        return f"{self.model}:{self.tag}"
