"""The brand name without an application's help (rulebook `wine.brand`): what is displayed as a name, weighed by clues.

No single clue names the brand: the largest lettering may be the grape or the fanciful name, the first line an
appellation. Each clue has a weight in natural logarithms of odds. Their sum ranks the names, and the share of the first
among all of them is the probability that it is the brand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.validator.fields.brand_clues import Clue, clues_of
from services.validator.fields.brand_names import Name, displayed_names
from services.validator.fields.brand_spelling import extended, names_of_notes, names_of_sites, respelled
from services.validator.fields.lettering import Row, printed
from services.validator.fields.model import Evidence, Statement
from services.validator.fields.passages import LabelText

_SURE = 0.85
"""Probability from which a name that stands twice is the brand. In cross-validation all of those were."""

_LEAST = -1.0
"""Sum of weights below which print is not displayed as a name."""

_MOST = 6

_WEIGHTS: Mapping[Clue, float] = {
    Clue.SIZE: 2.1,
    Clue.TOP: 0.6,
    Clue.FIRST: 1.1,
    Clue.STANDING: -0.9,
    Clue.STACKED: 0.8,
    Clue.UNEVEN: -0.4,
    Clue.CUT: -0.9,
    Clue.TORN: -1.3,
    Clue.PART: -1.6,
    Clue.DANGLING: -1.6,
    Clue.REPEATED: 2.1,
    Clue.IN_ADDRESS: 1.2,
    Clue.IN_IMPORTER_ADDRESS: 0.3,
    Clue.ONLY_ADDRESS: -1.5,
    Clue.SITE: 1.6,
    Clue.OF_SITE: -0.4,
    Clue.OF_NOTE: 1.0,
    Clue.MAKER: 1.0,
    Clue.HOUSE: 1.3,
    Clue.IMPORTER: -1.0,
    Clue.APPELLATION: -2.4,
    Clue.ITEM: -1.5,
    Clue.SENTENCE: -0.7,
    Clue.WORDY: -1.1,
    Clue.SHORT: -1.4,
    Clue.GARBLED: -1.0,
    Clue.TRIMMED: -1.2,
    Clue.EXTENDED: 0.6,
    Clue.RESPELLED: -0.2,
    Clue.DOUBT: -3.1,
    Clue.DISPUTED: -1.4,
    Clue.CONFIRMED: 0.4,
    Clue.LESS: -1.0,
    Clue.ORNAMENT: -1.0,
    Clue.FRONT: 1.0,
    Clue.BACK: -0.5,
}
"""A conditional logit over the names of 78 real labels, drawn towards round guesses (L2, strength 1)."""


@dataclass(frozen=True, slots=True)
class BrandCandidate:
    """A name that may be the brand, how probable that is (0 to 1), and whether it stands at another place too."""

    statement: Statement[str]
    probability: float
    repeated: bool

    @property
    def likely(self) -> bool:
        """Whether it may be taken for the brand without asking, as far as it was read."""
        return self.repeated and self.probability >= _SURE


@dataclass(frozen=True, slots=True)
class Weighed:
    """A name and what speaks for and against its being the brand."""

    name: Name
    clues: Mapping[Clue, float]

    @property
    def score(self) -> float:
        """The sum of the weights of its clues: logarithm of its odds, but for a constant of the label."""
        return sum(weight * self.clues[clue] for clue, weight in _WEIGHTS.items())


def read_brand_candidates(text: LabelText) -> tuple[BrandCandidate, ...]:
    """Names on the label, the likeliest brand first, at most 6."""
    return brand_candidates(weighed_names(text))


def weighed_names(text: LabelText) -> tuple[Weighed, ...]:
    """All that may be a name, at every place, the likeliest brand first."""
    everything = printed(text)
    found = brand_names(text, everything)
    clues = clues_of(found, everything, text.panels)
    weighed = (Weighed(name, its) for name, its in zip(found, clues, strict=True))
    return tuple(sorted(weighed, key=lambda one: -one.score))


def brand_candidates(weighed: Sequence[Weighed]) -> tuple[BrandCandidate, ...]:
    """Each name once, the likeliest first, at most 6 that are displayed as names."""
    best: dict[str, Weighed] = {}
    for one in weighed:
        best.setdefault(one.name.key, one)
    total = sum(math.exp(one.score) for one in best.values())
    found = [one.name for one in weighed]
    return tuple(
        BrandCandidate(statement_of(one.name, found), math.exp(one.score) / total, one.clues[Clue.REPEATED] > 0)
        for one in list(best.values())[:_MOST]
        if one.score >= _LEAST
    )


def brand_names(text: LabelText, everything: Sequence[Row]) -> tuple[Name, ...]:
    """All that may be a name, each once for each place."""
    displayed = {(name.key, name.flats): name for name in reversed(list(displayed_names(text.panels)))}
    other = [more for name in displayed.values() for way in (extended, respelled) for more in way(name, everything)]
    other += [*names_of_sites(everything), *names_of_notes(everything)]
    return tuple(({(name.key, name.flats): name for name in reversed(other)} | displayed).values())


def statement_of(name: Name, found: Sequence[Name]) -> Statement[str]:
    """The name where it is displayed best; `alike` counts the looks that read it there."""
    alike = {
        other.rows[0].look for other in found if other.key == name.key and other.rows[0].image == name.rows[0].image
    }
    shown = " ".join(row.text for row in name.rows)
    evidence = (Evidence(name.rows[0].image, name.polygon),)
    return Statement(name.text, name.text if name.trimmed else shown, name.confidence, evidence, len(alike))
