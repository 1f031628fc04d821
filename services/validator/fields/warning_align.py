"""Letter by letter, which part of a stream is the statement of 27 CFR 16.21.

Spaces are no guide: engines lose and add them. So letters are aligned, and words are told from the alignment. Stretches
that agree exactly are found first and chained in order; only what lies between them is aligned by dynamic programming,
with gaps preferred where a word begins, so that a lost, added or replaced word stays a whole word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from services.validator.fields.warning_stream import Stream
from services.validator.fields.warning_text import CANONICAL_LETTERS, same_shapes

STATEMENT = "".join(same_shapes(word) for word in CANONICAL_LETTERS)
"""The letters of the statement."""

WORD_OF = tuple(index for index, word in enumerate(CANONICAL_LETTERS) for _ in word)
"""The word that each letter of the statement belongs to."""

WORD_STARTS = frozenset(at for at in range(len(WORD_OF)) if at == 0 or WORD_OF[at] != WORD_OF[at - 1])

_SEED = 6
_DRIFT_COST = 0.1
_MAX_DRIFT = 120
_LARGEST_GAP = 40_000
_OPEN_AT_WORD, _OPEN_INSIDE, _EXTEND, _REPLACE = 0.2, 0.8, 0.8, 1.0
_REACH = 40

_SEEDS: dict[str, list[int]] = defaultdict(list)
for _at in range(len(STATEMENT) - _SEED + 1):
    _SEEDS[STATEMENT[_at : _at + _SEED]].append(_at)


Pairs = list[tuple[int, int]]
"""Positions in the statement and in the stream that stand for each other, ascending in both."""


@dataclass(frozen=True, slots=True)
class _Run:
    """`length` letters that agree exactly, from `right` in the statement and `read` in the stream."""

    right: int
    read: int
    length: int

    @property
    def pairs(self) -> Pairs:
        return [(self.right + at, self.read + at) for at in range(self.length)]


def align(stream: Stream) -> Pairs:
    """The best alignment of the statement with the stream; empty when nothing of it is there."""
    exact = stream.text.find(STATEMENT)
    if exact >= 0:
        return [(at, exact + at) for at in range(len(STATEMENT))]
    chain = _chain(_runs(stream.text))
    if not chain:
        return []
    starts = _token_starts(stream)
    chain = _disjoint([_cut_back(run, starts) for run in chain])
    pairs: Pairs = _before(stream, chain[0], starts)
    for run, following in pairwise(chain):
        pairs += run.pairs
        pairs += _between(
            stream.text, starts, (run.right + run.length, following.right), (run.read + run.length, following.read)
        )
    pairs += chain[-1].pairs
    return pairs + _after(stream, chain[-1], starts)


def _runs(text: str) -> list[_Run]:
    runs: list[_Run] = []
    open_at: dict[int, _Run] = {}
    for read in range(len(text) - _SEED + 1):
        still: dict[int, _Run] = {}
        for right in _SEEDS.get(text[read : read + _SEED], ()):
            before = open_at.get(right - read)
            run = _Run(before.right, before.read, before.length + 1) if before else _Run(right, read, _SEED)
            still[right - read] = run
        runs += [run for diagonal, run in open_at.items() if diagonal not in still]
        open_at = still
    return sorted([*runs, *open_at.values()], key=lambda run: (run.read, run.right))


def _chain(runs: Sequence[_Run]) -> list[_Run]:
    """The runs, ascending in statement and stream, that cover most and stray least from one another."""
    best: list[tuple[float, int]] = []
    for index, run in enumerate(runs):
        score, previous = float(run.length), -1
        for other in range(index):
            before = runs[other]
            overlap = max(before.right + before.length - run.right, before.read + before.length - run.read, 0)
            if before.right >= run.right or before.read >= run.read or overlap >= min(run.length, before.length):
                continue
            drift = abs((run.read - run.right) - (before.read - before.right))
            joined = best[other][0] + run.length - overlap - _DRIFT_COST * min(drift, _MAX_DRIFT)
            if joined > score:
                score, previous = joined, other
        best.append((score, previous))
    if not best:
        return []
    chain: list[_Run] = []
    at = max(range(len(best)), key=lambda index: best[index][0])
    while at >= 0:
        chain.append(runs[at])
        at = best[at][1]
    return chain[::-1]


def _token_starts(stream: Stream) -> frozenset[int]:
    return frozenset(
        at for at, letter in enumerate(stream.letters) if at == 0 or letter.token != stream.letters[at - 1].token
    )


def _cut_back(run: _Run, starts: frozenset[int]) -> _Run:
    """The run without letters at its ends that agree by chance, back to where words begin in statement and stream."""
    common = [at for at in range(run.length + 1) if run.right + at in WORD_STARTS and run.read + at in starts]
    if len(common) < 2:
        return run
    return _Run(run.right + common[0], run.read + common[0], common[-1] - common[0])


def _disjoint(chain: Sequence[_Run]) -> list[_Run]:
    found: list[_Run] = [chain[0]]
    for run in chain[1:]:
        last = found[-1]
        overlap = max(last.right + last.length - run.right, last.read + last.length - run.read, 0)
        if overlap < run.length:
            found.append(_Run(run.right + overlap, run.read + overlap, run.length - overlap))
    return found


def _before(stream: Stream, first: _Run, starts: frozenset[int]) -> Pairs:
    begin = max(0, first.read - first.right - _REACH)
    return _between(stream.text, starts, (0, first.right), (begin, first.read), free_start=True)


def _after(stream: Stream, last: _Run, starts: frozenset[int]) -> Pairs:
    right, read = last.right + last.length, last.read + last.length
    end = min(len(stream.text), read + len(STATEMENT) - right + _REACH)
    return _between(stream.text, starts, (right, len(STATEMENT)), (read, end), free_end=True)


def _between(
    text: str,
    starts: frozenset[int],
    right: tuple[int, int],
    read: tuple[int, int],
    *,
    free_start: bool = False,
    free_end: bool = False,
) -> Pairs:
    """Affine-gap alignment of STATEMENT[right] with text[read]; free ends cost nothing in the stream."""
    wanted, got = STATEMENT[slice(*right)], text[slice(*read)]
    if not wanted or not got or len(wanted) * len(got) > _LARGEST_GAP:
        return []
    leaving = tuple(_OPEN_AT_WORD if at in WORD_STARTS else _OPEN_INSIDE for at in range(*right))
    adding = tuple(_OPEN_AT_WORD if at in starts else _OPEN_INSIDE for at in range(*read))
    pairs = _gap_aligned(wanted, got, leaving, adding, free_start, free_end)
    return [(right[0] + at, read[0] + place) for at, place in pairs]


@lru_cache(maxsize=256)
def _gap_aligned(
    wanted: str, got: str, leaving: tuple[float, ...], adding: tuple[float, ...], free_start: bool, free_end: bool
) -> tuple[tuple[int, int], ...]:
    """Pairs of positions in `wanted` and `got`; to open a gap at a letter costs what `leaving` or `adding` has for it.

    Each cell has three costs: letters paired (0), letter of `wanted` left out (1), letter of `got` added (2); of equal
    ones the first is taken. `came` holds for each cell from which of the three each was reached, two bits each.
    Reading orders and rounds of looks bring the same stretches again and again: hence the cache.
    """
    infinite = float("inf")
    chars = ("", *got)
    row = [(infinite, infinite, infinite, infinite, 0)] * len(chars)
    came: list[list[int]] = []
    for i, (letter, leave) in enumerate(zip(("", *wanted), (0.0, *leaving), strict=True)):
        free = (free_start and i == 0) or (free_end and i == len(wanted))
        extend, openings = (0.0, (0.0,) * len(chars)) if free else (_EXTEND, (0.0, *adding))
        above, row, steps = row, [], []
        paired = left = added = infinite
        diagonal, diagonal_from = (infinite if i else 0.0), 0
        for (paired_above, left_above, added_above, least_above, from_above), char, opening in zip(
            above, chars, openings, strict=True
        ):
            best, added_from = paired + opening, 0
            if left + opening < best:
                best, added_from = left + opening, 1
            if added < best:
                best, added_from = added, 2
            added = best + extend
            paired, paired_from = diagonal + (0.0 if letter == char else _REPLACE), diagonal_from
            best, left_from = paired_above + leave, 0
            if left_above < best:
                best, left_from = left_above, 1
            if added_above + leave < best:
                best, left_from = added_above + leave, 2
            left = best + _EXTEND
            least, least_from = paired, 0
            if left < least:
                least, least_from = left, 1
            if added < least:
                least, least_from = added, 2
            row.append((paired, left, added, least, least_from))
            steps.append(paired_from | left_from << 2 | added_from << 4)
            diagonal, diagonal_from = least_above, from_above
        came.append(steps)
    return _traced(came, row[-1][-1])


def _traced(came: Sequence[Sequence[int]], state: int) -> tuple[tuple[int, int], ...]:
    """The pairs on the way back from the last cell, which was reached in `state`."""
    i, j = len(came) - 1, len(came[0]) - 1
    pairs: Pairs = []
    while i or j:
        previous = came[i][j] >> 2 * state & 3
        if state != 2:
            i -= 1
        if state != 1:
            j -= 1
        if state == 0:
            pairs.append((i, j))
        state = previous
    return tuple(reversed(pairs))
