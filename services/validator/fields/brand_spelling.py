"""What other places of a label say of a name that is displayed: how it goes on, how it is spelled, that it has a site.

Logos are read badly, or in parts: beside a large `Ferro` the small print may have `La Ferro` or `Ferrol`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from services.validator.fields.brand_names import Name, is_name
from services.validator.fields.brand_words import (
    AMPERSANDS,
    EDGES,
    LEADS,
    LEGAL_FORMS,
    NOT_A_NAME,
    PARTICLES,
    SENTENCE,
    SITE,
    TRADE_WORDS,
    WARNING,
    items,
    plain_words,
)
from services.validator.fields.lettering import Row, is_address
from services.validator.fields.passages import key_of
from services.validator.fields.places import BUSINESS_WORDS

_MOST_ADDED = 3
_LEAST_EXTENDED = 3
_LEAST_RESPELLED = 6
_RESPELLED = 0.8
_MOST_LETTERS = 2
_MOST_ADDED_LETTERS = 3
_SURE_PRINT = 0.9
_MISREAD = 0.6
_LEAST_SITE = 3
_LEAST_NAMED_BY_SITE = 4
_ENDS = frozenset(",.:;|·•-)®™")
_APART = LEADS | SENTENCE | BUSINESS_WORDS | LEGAL_FORMS
_SITE_ENDS = sorted(BUSINESS_WORDS - {"the", "co", "inc"}, key=len, reverse=True)
_SUBJECT = re.compile(
    r"((?:[A-Z][\w'’]+\s){0,2}[A-Z][\w'’]+) (?:is|was|are|were) (?:a|an|the|our|named|made|born|produced|crafted)\b"
)


def extended(name: Name, everything: Sequence[Row]) -> Iterator[Name]:
    """The name with the words that go with it at every other place."""
    if len(name.key) < _LEAST_EXTENDED or name.trimmed:
        return
    current = name
    for _ in range(_MOST_ADDED):
        places = [(row, *run) for row in current.elsewhere(everything) for run in row.runs_of(current.key)]
        before = Counter(_before(row.words[:start]) for row, start, _ in places)
        after = Counter(
            "" if row.is_sentence else _after(row.words[end - 1], row.words[end:]) for row, _, end in places
        )
        if first := _always(before):
            current = replace(current, text=f"{first} {current.text}", extended=True)
        elif last := _always(after):
            current = replace(current, text=f"{current.text} {last}", extended=True)
        else:
            break
    if current.extended and is_name(current):
        yield current


def _always(counts: Counter[str]) -> str:
    """The one word that was counted, else nothing."""
    return next(iter(counts)) if len(counts) == 1 else ""


def _before(own: Sequence[str]) -> str:
    """What stands before the name and may belong to it, else nothing."""
    joint = own[-1:] if own and own[-1] in AMPERSANDS else ()
    word = own[-1 - len(joint)] if len(own) > len(joint) else ""
    key = key_of(word)
    if word[-1:] in _ENDS or key in TRADE_WORDS or key.endswith("agricola") or not _may_belong(word):
        return ""
    return " ".join((EDGES.sub("", word), *joint))


def _after(last: str, own: Sequence[str]) -> str:
    """What follows the name and may belong to it, else nothing."""
    joint = own[:1] if own and own[0] in AMPERSANDS else ()
    word = own[len(joint)] if len(own) > len(joint) else ""
    if last[-1:] in _ENDS or key_of(word) in PARTICLES or not _may_belong(word):
        return ""
    return " ".join((*joint, EDGES.sub("", word)))


def _may_belong(word: str) -> bool:
    key = key_of(word)
    if not key or not word[:1].isupper() or any(char.isdigit() for char in key) or NOT_A_NAME.search(word):
        return False
    return not any(key in words for words in (_APART, plain_words(), items()))


def respelled(name: Name, everything: Sequence[Row]) -> Iterator[Name]:
    """The name as small print spells it, where only the display has it otherwise, by a letter or two.

    A display that was not surely read may be further from the name of the maker.
    """
    key = name.key
    if len(key) < _LEAST_RESPELLED or name.trimmed:
        return
    rows = list(name.elsewhere(everything))
    if any(row.has(key) for row in rows):
        return
    spellings: dict[str, str] = {}
    for text in _spellings(name, rows):
        spellings.setdefault(key_of(text), text)
    for text in spellings.values():
        other = replace(name, text=text, respelled=True)
        if is_name(other):
            yield other


def _spellings(name: Name, rows: Sequence[Row]) -> Iterator[str]:
    """Words of small print that differ little from a name, then makers that a bad reading of it may stand for."""
    key = name.key
    for row in rows:
        if row.confidence < _SURE_PRINT or row.height > name.height:
            continue
        for start in range(len(row.words)):
            letters = 0
            for end in range(start + 1, min(start + len(name.words) + 2, len(row.words)) + 1):
                own = row.words[start:end]
                letters += len(row.word_keys[end - 1])
                if abs(letters - len(key)) <= _MOST_ADDED_LETTERS and _nearly(own, key):
                    yield EDGES.sub("", " ".join(own))
    if name.confidence < _SURE_PRINT:
        yield from (text for text in _makers(rows) if _may_be_misread(key_of(text), key))


def _nearly(own: Sequence[str], key: str) -> bool:
    """Whether words differ from a name by a letter or two, or by an ampersand that was lost."""
    other = key_of(" ".join(own))
    if other == key or own[0] in AMPERSANDS or own[-1] in AMPERSANDS:
        return False
    if "".join(key_of(word) for word in own if word not in AMPERSANDS) == key:
        return True
    if other.rstrip("s") == key.rstrip("s") or {key_of(own[0]), key_of(own[-1])} & SENTENCE:
        return False
    near = Levenshtein.distance(other, key, score_cutoff=_MOST_LETTERS) <= _MOST_LETTERS
    return near and Levenshtein.normalized_similarity(other, key) >= _RESPELLED


def _makers(rows: Sequence[Row]) -> Iterator[str]:
    """Who bottled or made it: what follows `by` in rows of sure print, business words left out."""
    for row in rows:
        if row.confidence >= _SURE_PRINT and "by" in row.word_keys and is_address(row, ()):
            own: list[str] = []
            for word in row.words[row.word_keys.index("by") + 1 :]:
                if key_of(word) in BUSINESS_WORDS | LEGAL_FORMS:
                    break
                own.append(EDGES.sub("", word))
                if word[-1] in _ENDS:
                    break
            if any(own):
                yield " ".join(own)


def _may_be_misread(name: str, key: str) -> bool:
    return name[:1] == key[:1] and Levenshtein.normalized_similarity(name, key) >= _MISREAD


def site_names(everything: Sequence[Row]) -> frozenset[str]:
    """Names of websites and of accounts, with and without business words: `elmwinery` and `elm` of `elmwinery.com`."""
    found: set[str] = set()
    for row in everything:
        for match in SITE.finditer(row.text.casefold()):
            name = key_of(match[1] or match[2])
            found.add(name)
            while end := next((e for e in _SITE_ENDS if name.endswith(e) and len(name) - len(e) >= _LEAST_SITE), ""):
                name = name[: -len(end)]
                found.add(name)
    return frozenset(found)


def names_of_sites(everything: Sequence[Row]) -> Iterator[Name]:
    """Words of the label that also name a website."""
    sites = [site for site in sorted(site_names(everything)) if len(site) >= _LEAST_NAMED_BY_SITE]
    for row in everything:
        if not SITE.search(row.text.casefold()) and not WARNING.search(row.key):
            for start, end in (run for site in sites for run in row.runs_of(site)):
                name = Name(EDGES.sub("", " ".join(row.words[start:end])), (row,), trimmed=True, of_site=True)
                if is_name(name):
                    yield name


def names_of_notes(everything: Sequence[Row]) -> Iterator[Name]:
    """What a note on the label is about: `Elm Hill` of `Elm Hill is the work of two sisters`."""
    for row in everything:
        match = _SUBJECT.match(row.text)
        if match and not WARNING.search(row.key) and key_of(match[1].split()[0]) not in SENTENCE:
            name = Name(match[1], (row,), trimmed=True, of_note=True)
            if is_name(name):
                yield name
