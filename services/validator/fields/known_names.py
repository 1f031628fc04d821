"""Whether the label prints a name that the application gives.

The name is looked for as a known string, word by word, on every panel (rulebook 0.3 and 7, `app.brand-name`).
Similarity only *locates* the nearest reading; what it means is decided by the letters and words that differ.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import LCSseq, Levenshtein

from services.validator.fields.layout import FlatLine
from services.validator.fields.model import Statement
from services.validator.fields.passages import LabelText, Passage, Token, key_of
from services.validator.fields.phrases import Sighting, find, is_prose, is_warning, statements
from services.validator.fields.places import BUSINESS_WORDS, places_in
from services.validator.fields.text import folded, n1, n3
from services.validator.fields.wordlists import words

_LIKE_HEIGHT = 0.75
_STACK_GAP = 0.6
_NEAR = 0.6
_WHOLE_LINE = 0.05
_ONE_WORD = 0.2
_ROUNDING = 1e-9
_TELLING = 3
_LONG_ENOUGH = 5
"""Letters of a name from which another one with a single letter replaced is no chance."""

_PARTICLES = words("particles")
_MAY_BE_APART = words("may_be_apart")
_LEADS = words("leads")


class Likeness(IntEnum):
    """How the label prints a known name, best first."""

    EQUAL = 0
    """Letter by letter (N1)."""
    SAME = 1
    """But for case, punctuation, accents or spaces (N3)."""
    BUSINESS_WORD = 2
    """With a word such as Winery or Company more or less."""
    RUN_ON = 3
    """Whole, but next to words that may or may not belong to it, or run together with them."""
    CONFUSABLE = 4
    """But for letters that OCR confuses, or one that it lost or added."""
    ALIKE = 5
    """A part of it was read, or something like it in an address or a sentence."""
    LONGER = 6
    """Only as a part of a longer name."""
    DIFFERENT = 7
    """Another letter or word stands in its place."""
    NOT_READ = 8
    """Nothing near it was read."""


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The nearest reading of a `wanted` name; `statement` is None only when the likeness is NOT_READ.

    `images` are those on which such a reading stands.
    """

    wanted: str
    likeness: Likeness
    statement: Statement[str] | None = None
    images: frozenset[int] = frozenset()

    @property
    def found(self) -> bool:
        """Whether the label prints the name."""
        return self.likeness <= Likeness.SAME


def match_name(text: LabelText, wanted: str, neutral: frozenset[str] = frozenset(), *, sole: bool = False) -> NameMatch:
    """The best reading of `wanted` on the label.

    `neutral` are keys of phrases that may stand beside the name without belonging to it: classes, grapes, places, the
    application's other names. With `sole`, a longer name elsewhere on the label throws doubt on the shorter one.
    """
    key = key_of(wanted)
    if not key:
        return NameMatch(wanted, Likeness.NOT_READ)
    passages = [passage for passage in text.passages if not is_warning(passage)]
    graded = [(_grade(sighting, wanted, neutral, passages), sighting) for p in passages for sighting in find(p, key)]
    graded += [(Likeness.SAME, sighting) for p in passages for sighting in _in_pieces(p, passages, key)]
    if not graded or min(likeness for likeness, _ in graded) > Likeness.SAME:
        graded += [(Likeness.RUN_ON, sighting) for p in passages for sighting in _run_together(p, key)]
        graded += [(Likeness.BUSINESS_WORD, s) for p in passages for s in _without_business_words(p, wanted)]
    if not graded:
        graded = list(_near(passages, wanted, key))
    if not graded:
        return NameMatch(wanted, Likeness.NOT_READ)
    best = min(likeness for likeness, _ in graded)
    if sole and best <= Likeness.SAME and _longer_is_as_prominent(graded):
        graded = [(max(likeness, Likeness.RUN_ON), sighting) for likeness, sighting in graded]
        best = Likeness.RUN_ON
    chosen = statements((sighting, (best, sighting.key)) for likeness, sighting in graded if likeness is best)
    surest = max(chosen, key=lambda statement: (statement.alike, statement.confidence))
    # Of a name in pieces the first one is seen; the other was found where it belongs.
    in_pieces = best <= Likeness.SAME and key_of(surest.text) != key
    run_together = best is Likeness.RUN_ON and key in key_of(surest.text)
    misread = best is Likeness.CONFUSABLE and is_misreading(surest.text, wanted)
    value = wanted if in_pieces or run_together or misread else surest.text
    shown = Statement(value, surest.text, surest.confidence, surest.evidence, surest.alike)
    as_good = {sighting.passage.image for likeness, sighting in graded if likeness <= max(best, Likeness.SAME)}
    return NameMatch(wanted, best, shown, frozenset(as_good))


def _longer_is_as_prominent(graded: Iterable[tuple[Likeness, Sighting]]) -> bool:
    """Whether a longer name is printed about as large as the name itself; a slogan or an address is not.

    Only in the first look: the crop of a later one may cut a name from its neighbours, or join it to them.
    """
    heights = [(likeness, sighting.height) for likeness, sighting in graded if sighting.passage.look == 0]
    tallest = max((height for likeness, height in heights if likeness <= Likeness.SAME), default=0.0)
    return any(likeness is Likeness.LONGER and height >= _LIKE_HEIGHT * tallest for likeness, height in heights)


def _grade(sighting: Sighting, wanted: str, neutral: frozenset[str], passages: Sequence[Passage]) -> Likeness:
    tokens, passage = sighting.passage.tokens, sighting.passage
    row = [token for token in tokens if token.row == sighting.last_row]
    after = _extra((t for t in tokens[sighting.end :] if t.row == row[0].row), forward=True)
    before = _extra(
        reversed((*((passage.before,) if passage.before else ()), *tokens[: sighting.start])), forward=False
    )
    if tokens[sighting.end - 1].closes:
        after = []
    if tokens[sighting.start].opens and sighting.start > 0:
        before = []
    before = list(reversed(before))
    extra = [*_real(before, neutral, leading=True), *_real(after, neutral)]
    if is_prose(passage) and wanted[:1].isupper() and sighting.tokens[0].text[:1].islower():
        return Likeness.RUN_ON
    if all(word in BUSINESS_WORDS or word in _PARTICLES for word in n3(wanted).split()):
        return Likeness.RUN_ON
    if not extra:
        stacked = _stacked(sighting, neutral, passages)
        if not stacked:
            return Likeness.EQUAL if n1(sighting.text) == n1(wanted) else Likeness.SAME
        return Likeness.BUSINESS_WORD if all(key in BUSINESS_WORDS for key in stacked) else Likeness.RUN_ON
    if all(token.key in BUSINESS_WORDS for token in extra):
        return Likeness.BUSINESS_WORD
    if (
        is_prose(passage)
        or _ends_paragraph(passage)
        or is_address(passage)
        or len(tokens_of_row(passage)) > 6
        or any(token.key in _MAY_BE_APART for token in extra)
    ):
        return Likeness.RUN_ON
    return Likeness.LONGER


def _ends_paragraph(passage: Passage) -> bool:
    """Whether the line above is running text of the same size."""
    above = passage.above
    if above is None or not _like(above.height, passage.height):
        return False
    words = above.line.text.split()
    return len(words) >= 5 and sum(word[:1].islower() for word in words) * 2 >= len(words)


_FUNCTION = re.compile(
    r"(?:bottled?|produced|imported|distributed|brewed|vinted|cellared|packed|canned|distilled|shipped|made)"
    r"(?:and(?:bottled|canned|kegged|packed|packaged))?(?:by|for|at)|importers?:"
)


def is_address(passage: Passage) -> bool:
    """Whether the first line, or the one above it, holds the phrase of a name and address."""
    above = passage.above.line.text if passage.above is not None else ""
    lines = (above, passage.row_text(0))
    return any(_FUNCTION.search(re.sub(r"[^a-z:]", "", line.casefold())) for line in lines) or bool(places_in(lines[1]))


def tokens_of_row(passage: Passage) -> tuple[Token, ...]:
    """The words of the whole first row."""
    return (*((passage.before,) if passage.before else ()), *passage.first_row)


def _extra(neighbours: Iterable[Token], *, forward: bool) -> list[Token]:
    """Neighbours up to the next separator."""
    found: list[Token] = []
    for token in neighbours:
        if forward and token.opens and token.text[:1] in '-("':
            break
        if not forward and token.closes:
            break
        found.append(token)
        if forward and token.closes:
            break
        if not forward and token.opens:
            break
    return found


def _real(extra: list[Token], neutral: frozenset[str], *, leading: bool = False) -> list[Token]:
    """Neighbours that may belong to the name: up to the first item of its own, particles there left out."""
    order = list(reversed(extra)) if leading else extra
    found: list[Token] = []
    for at, token in enumerate(order):
        prose = token.text.islower() and token.key not in _PARTICLES and token.key not in BUSINESS_WORDS
        rest = [each.key for each in order[at:]]
        if (
            token.key.isdigit()
            or token.key in _LEADS
            or prose
            or _begins_item(rest[::-1] if leading else rest, neutral, leading)
        ):
            break
        found.append(token)
    while found and found[-1].key in _PARTICLES:
        found.pop()
    return found


def _begins_item(keys: list[str], neutral: frozenset[str], ends: bool = False) -> bool:
    """Whether the words begin (or end) with an item of its own: a class, a grape, a place, an application's name."""
    counts = range(1, min(7, len(keys)) + 1)
    return any("".join(keys[-count:] if ends else keys[:count]) in neutral for count in counts)


def _stacked(sighting: Sighting, neutral: frozenset[str], passages: Sequence[Passage]) -> list[str]:
    """Keys of the words right above and below that look like more of the same lettering."""
    if not sighting.whole_rows():
        return []
    passage = sighting.passage
    last = passage.rows[sighting.last_row][-1]
    found: list[str] = []
    if len(passage.rows) > sighting.last_row + 1:
        below = passage.rows[sighting.last_row + 1][0]
        keys = [token.key for token in passage.tokens if token.row == sighting.last_row + 1]
        goes_on = sighting.tokens[-1].key in _PARTICLES or sighting.tokens[-1].key.endswith("and")
        if "".join(keys) in BUSINESS_WORDS:
            return ["".join(keys)]
        near = below.top - last.bottom <= _STACK_GAP * last.height
        looks_like_more = near and (_like(last.height, below.height) or goes_on) and _may_continue(keys, neutral)
        if looks_like_more and not _of_another_item(below, keys, sighting, neutral, passages):
            found += keys
    first, above = passage.rows[0][0], passage.above
    if (
        above is not None
        and _like(first.height, above.height)
        and first.top - above.bottom <= _STACK_GAP * first.height
    ):
        keys = [key for word in above.line.text.split() if (key := key_of(word))]
        business = all(key in BUSINESS_WORDS for key in keys)
        looks_like_more = _may_continue(keys, neutral) and not any(mark in above.line.text for mark in ",:")
        if not business and looks_like_more and not _of_another_item(above, keys, sighting, neutral, passages):
            found += keys
    return found


def _of_another_item(
    line: FlatLine, keys: list[str], sighting: Sighting, neutral: frozenset[str], passages: Sequence[Passage]
) -> bool:
    """Whether a line is part of an item of its own, set in several whole lines none of which the sighting is in."""
    own = "".join(keys)
    items = [item for item in neutral if len(item) > len(own) and (item.startswith(own) or item.endswith(own))]
    taken = _lines_of(sighting)
    for item in items:
        for other in (each for passage in passages for each in find(passage, item)):
            lines = _lines_of(other)
            if other.whole_rows() and line in lines and not any(each in taken for each in lines):
                return True
    return False


def _lines_of(sighting: Sighting) -> list[FlatLine]:
    rows = sighting.passage.rows[sighting.tokens[0].row : sighting.last_row + 1]
    return [line for row in rows for line in row]


def _may_continue(keys: list[str], neutral: frozenset[str]) -> bool:
    """Whether a line may be a part of the name over or under it."""
    if not keys or len(keys) > 4 or set(keys) & _LEADS or any(char.isdigit() for key in keys for char in key):
        return False
    return not _begins_item(keys, neutral) and not _begins_item(keys, neutral, ends=True)


def _like(one: float, other: float) -> bool:
    smaller, larger = sorted((one, other))
    return smaller >= _LIKE_HEIGHT * larger


def _in_pieces(passage: Passage, passages: list[Passage], key: str) -> Iterator[Sighting]:
    """The name set as separate whole lines, the second of which is in other lettering below the first or beside it."""
    row = passage.first_row
    head = "".join(token.key for token in row)
    if passage.before is not None or not 3 <= len(head) < len(key) or not key.startswith(head):
        return
    tail = key[len(head) :]
    for other in passages:
        if (other.image, other.look, other.turn, other.engine) != (
            passage.image,
            passage.look,
            passage.turn,
            passage.engine,
        ):
            continue
        second = other.first_row
        if other.before is None and "".join(token.key for token in second) == tail and _belongs(passage, other):
            yield Sighting(passage, 0, len(row))


def _belongs(passage: Passage, other: Passage) -> bool:
    first, second = passage.rows[0][0], other.rows[0][0]
    reach = 2.0 * max(first.height, second.height)
    overlap = min(first.right, second.right) - max(first.left, second.left)
    return second.top > first.top and second.top - first.bottom <= reach and overlap > 0


def _run_together(passage: Passage, key: str) -> Iterator[Sighting]:
    """The name inside a longer run of letters, as OCR that loses spaces prints it."""
    if len(key) < 6:
        return
    for at, token in enumerate(passage.first_row):
        if key in token.key and token.key != key:
            yield Sighting(passage, at, at + 1)


def _without_business_words(passage: Passage, wanted: str) -> Iterator[Sighting]:
    """The name without its own business words (application `Elm Winery`, label `ELM`)."""
    words = n3(wanted).split()
    core = [word for word in words if word not in BUSINESS_WORDS]
    if core and len(core) < len(words) and len("".join(core)) >= 3:
        for sighting in find(passage, key_of(" ".join(core))):
            if not is_prose(passage):
                yield sighting


def _near(passages: list[Passage], wanted: str, key: str) -> Iterator[tuple[Likeness, Sighting]]:
    """The nearest other reading: at least half of the letters in order."""
    best: tuple[float, Sighting] | None = None
    candidates: list[tuple[float, Sighting]] = []
    own = [key_of(word) for word in wanted.split()]
    count = len(own)
    for passage in passages:
        for start in range(len(passage.first_row)):
            for end in range(start + 1, min(start + count + 2, len(passage.tokens)) + 1):
                sighting = Sighting(passage, start, end)
                score = Levenshtein.normalized_similarity(sighting.key, key) + _WHOLE_LINE * sighting.whole_rows()
                score += _ONE_WORD * _differs_in_one_word(sighting, own)
                if best is None or score > best[0]:
                    best = (score, sighting)
                candidates.append((score, sighting))
    if best is None or LCSseq.similarity(best[1].key, key) * 2 < len(key):
        return
    if best[0] < _NEAR and not _shares_words(best[1], wanted):
        return
    nearest = best[1].key
    alike = [each for score, each in candidates if each.key == nearest and score >= best[0] - _WHOLE_LINE - _ROUNDING]
    likeness = max(_difference(each, key, wanted) for each in alike)
    for sighting in alike:
        yield likeness, sighting


def _parts(keys: list[str]) -> Iterator[list[str]]:
    """The name without its first or last words: what stays when a word in other lettering was not read."""
    for count in range(1, len(keys)):
        yield keys[:count]
        yield keys[-count:]


def _differs_in_one_word(sighting: Sighting, own: Sequence[str]) -> bool:
    """Whether a name of its own has one other word than the wanted one, and a word that tells in common with it."""
    read = [token.key for token in sighting.tokens]
    if len(read) != len(own) or not sighting.whole_rows():
        return False
    same = [one for one, other in zip(read, own, strict=True) if one == other]
    return len(same) == len(own) - 1 and any(len(word) >= _TELLING and word not in BUSINESS_WORDS for word in same)


def _shares_words(sighting: Sighting, wanted: str) -> bool:
    """Whether half of the name's own words stand in the reading."""
    own = {key_of(word) for word in wanted.split()} - BUSINESS_WORDS - _PARTICLES
    return bool(own) and len(own & {token.key for token in sighting.tokens}) * 2 >= len(own)


def _difference(sighting: Sighting, key: str, wanted: str) -> Likeness:
    if is_misreading(sighting.text, wanted):
        return Likeness.CONFUSABLE
    edits = Levenshtein.editops(sighting.key, key).as_list()
    if [tag for tag, _, _ in edits] in (["insert"], ["delete"]):
        return Likeness.CONFUSABLE
    if [tag for tag, _, _ in edits] == ["replace"] and len(key) >= _LONG_ENOUGH:
        return Likeness.DIFFERENT
    if is_prose(sighting.passage) or is_address(sighting.passage) or not sighting.whole_rows():
        return Likeness.ALIKE
    if sighting.key in {"".join(part) for part in _parts([key_of(word) for word in wanted.split()])}:
        return Likeness.ALIKE
    return Likeness.DIFFERENT


def is_misreading(read: str, wanted: str) -> bool:
    """Whether a reading is the wanted name but for what OCR is known to do.

    It confuses letters, reads doubled ones as one, reads an ornament at an end as O, and misses an O that is drawn.
    """
    one, other = (_DOUBLED.sub(r"\1", folded(text)) for text in (read, wanted))
    return one == other or one in {other + _ROUND, _ROUND + other} or other in {one + _ROUND, _ROUND + one}


_DOUBLED = re.compile(r"(.)\1+")
_ROUND = folded("O")
