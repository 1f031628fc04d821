"""Two readings of the same label, word by word: what only one of them has.

Engines see the same lines in different orders. So the second reading's lines are first brought into the first one's
order, and a word that both have counts as read by both, wherever it stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, auto
from typing import TypeAlias

Words: TypeAlias = Sequence[str]


class Whose(Enum):
    """Who read a word."""

    BOTH = auto()
    FIRST = auto()
    SECOND = auto()


@dataclass(frozen=True, slots=True)
class ReadWord:
    """One word, and who read it. `line` is its line's number in the first reading."""

    text: str
    whose: Whose
    line: int


def word_diff(first: Sequence[Words], second: Sequence[Words]) -> list[ReadWord]:
    """The first reading's words in its order, and between them those that only the second has."""
    ours = [(word, number) for number, line in enumerate(first) for word in line]
    theirs = [word for line in _beside(first, second) for word in line]
    steps = SequenceMatcher(None, [word for word, _ in ours], theirs, autojunk=False).get_opcodes()
    changed = [step for step in steps if step[0] != "equal"]
    mine = Counter(word for _, start, end, _, _ in changed for word, _ in ours[start:end])
    yours = Counter(word for *_, start, end in changed for word in theirs[start:end])
    moved, moved_too = mine & yours, mine & yours
    found: list[ReadWord] = []
    line = 0
    for step, start, end, other_start, other_end in steps:
        for word, line in ours[start:end]:
            only = step != "equal" and not _taken(moved, word)
            found.append(ReadWord(word, Whose.FIRST if only else Whose.BOTH, line))
        if step != "equal":
            new = [word for word in theirs[other_start:other_end] if not _taken(moved_too, word)]
            found += (ReadWord(word, Whose.SECOND, line) for word in new)
    return found


def _beside(first: Sequence[Words], second: Sequence[Words]) -> Iterator[Words]:
    """The second reading's lines in the order of the lines of the first that share most words with them."""
    known = [Counter(line) for line in first]
    places: list[int] = []
    for line in second:
        words, last = Counter(line), places[-1] if places else 0
        shared = [(words & other).total() for other in known]
        # Of equals the nearest; a line that shares nothing stays behind its predecessor.
        best = max(range(len(known)), key=lambda place: (shared[place], -abs(place - last)), default=0)
        places.append(best if shared and shared[best] else last)
    return (line for _, line in sorted(zip(places, second, strict=True), key=lambda pair: pair[0]))


def _taken(words: Counter[str], word: str) -> bool:
    """Take the word out, if it is there."""
    if not words[word]:
        return False
    words[word] -= 1
    return True
