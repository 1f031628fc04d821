"""The sulfite declaration (27 CFR 4.32(e), 5.63(c)(7), 7.63(b)(3))."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage
from services.validator.fields.phrases import Sighting, statements

_AGENT = re.compile(
    r"sul(?:f|ph|t|il)[a-z]{0,2}[it]{1,3}[a-z]{0,3}es?|sulfit|sulphit|sulfitingagent|sulphitingagent|"
    r"sulfurdioxide|metabisulfi|bisulfi"
)
_DECLARED = re.compile(r"con[a-z]{0,2}t?ains?[a-z]{0,40}?(?:sul|metabisul|potassiummeta|sodiummeta|bisul)")
_NOT_DECLARED = re.compile(r"maycontain|noadded|sulfitefree|sulphitefree|nosul|withoutadded")


def read_sulfites(text: LabelText) -> tuple[Statement[str], ...]:
    """Every mention of sulfites: the value is `declared`, or `mentioned` for another wording."""
    return statements(pair for passage in text.passages for pair in _in_passage(passage))


def _in_passage(passage: Passage) -> Iterator[tuple[Sighting, str]]:
    for at, token in enumerate(passage.tokens):
        if token.row > 1 or (token.row == 1 and at == 0):
            return
        if not _AGENT.search(token.key):
            continue
        start = max(0, at - 5)
        joined = "".join(t.key for t in passage.tokens[start : at + 1])
        declared = _DECLARED.search(joined) is not None and _NOT_DECLARED.search(joined) is None
        yield Sighting(passage, at, at + 1), "declared" if declared else "mentioned"
