"""Words that are no name by themselves: classes, grapes, places, measures, what labels say of the product."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from services.validator.fields.appellation import KNOWN as KNOWN_APPELLATIONS
from services.validator.fields.appellation import REGIONS
from services.validator.fields.class_type import class_names, class_words
from services.validator.fields.passages import key_of
from services.validator.fields.places import COUNTRIES, NATIVE_COUNTRIES, STATES
from services.validator.fields.varietals import GRAPES, ORDINARY_WORDS
from services.validator.fields.warning_text import CANONICAL_WORDS
from services.validator.fields.wordlists import words

ARTICLES = words("articles")
LEADS = words("leads")
PARTICLES = words("particles")
PREPOSITIONS = frozenset({"and", "at", "in", "of", "on"})
SENTENCE = words("sentence")
MAKERS = words("makers")
"""Words that only the name of a business has."""

TRADERS = words("traders")
LEGAL_FORMS = words("legal_forms")
TRADE_WORDS = words("trade_words")
NO_NAMES = words("no_names")
AMPERSANDS = frozenset("&+")

YEAR = re.compile(r"(?:19[5-9]|20[0-4])\d")
PARTS = re.compile(r"\s*[|·•/:;()\[\]]+\s*|\s+[-–—*~]+\s+|,\s+|^[-–—*~\s]+|[-–—*~\s]+$")
"""What stands between items of one line, or decorates its ends."""

EDGES = re.compile(r"^[\W_]+|[^\w.!?)]+$|(?<=[a-z])\.$")
SITE = re.compile(
    r"(?:www[.\s]+|https?://|@)?([a-z0-9][a-z0-9\-]{2,})\s?\.\s?"
    r"(?:com|net|org|info|us|wine|wines|beer|works|vin|bar|it|fr|es|de|co|ca|eu|at|pt|cl|ar)\b|@\s?([a-z0-9_.]{4,})"
)
WARNING = re.compile(
    r"surgeongeneral|alcoholi?c?beverage|womenshould|birthdefect|operatemachinery|healthproblem|drinkalcohol|"
    r"govern?mentwarning|pregnancy|impairsyour|driveacar|accordingto|riskof|causehealth"
)
"""Searched in keys: the health warning in pieces."""

NOT_A_NAME = re.compile(
    r"%|\d\s*(?:m|c)?l\b|\d\s*(?:fl|oz)|\bml\b|\bfl\b|\boz\b|\balc|\bproof\b|contain|contien|sul(?:f|ph)i|warning|https?|"
    r"bottled|boffled|produced|producer|imported|distributed|brewed|canned|kegged|vinted|cellared|shipped|"
    r"\bnet\b|product[eo]?\b|produce of|\bproduit|prodotto|actual dimensions|image type|inches|\bcrv\b|refund|deposit|"
    r"since|\bestab|\best\.|batch|vintage|denominaz|denominac|appellation|indicaz|indicac|controll|protett|prot[eé]g|"
    r"mis en|\borigine?\b|\borigen\b|taste of|recycl|\bdrink|enjoy|limited (?:edition|release)|handcrafted|"
    r"\bdistill[eé]e?s?\b|distilled|attention|scan\b|vegan|gluten|certified|natural (?:flavou?r|colou?r)|artificial|"
    r"\buse\b|ingredient|kosher|\blot\b|\bserve|release|gallon|\bpints?\b|\blit(?:er|re)s?\b|\bnotes\b|refrigerate|"
    r"\bfree\b|\baged\b|\bage\b|\bmonths?\b|\byears?\b|imbott|embotell|mise?\b|vol\b|\bwhere\b|licen[cs]e|\bphone\b|"
    r"made in|code\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"(?:bottled?|boffled|produced|imported|distributed|brewed|vinted|cellared|packed|packaged|canned|kegged|distilled|"
    r"shipped|made)(?:(?:and|&)(?:estate)?(?:bottled|canned|kegged|packed|packaged|imported|distributed))?"
    r"(?:by|for|at|exclusivelyby)|importers?:|importedby"
)
"""Searched in text without spaces: the phrase of a name and address."""

PROTECTED = re.compile(r"appellation|denominaz|denominaci|indicaz|indicaci|controllata|protetta|protegee|controlee")
"""Searched in keys: the words beside an appellation."""

FORM_TEXT = re.compile(r"^actualdimensions\d")
"""Searched in keys: the line of the registry's printout that stands over each label of a sheet."""

TOWN = re.compile(r",\s*(?:[A-Z]{2}|[A-Z]\.[A-Z]\.)\b\.?(?:\s*\d{5}.*)?$|\b\d{5}\b")
"""`Troy, NY` and `Troy, New York 12180`."""


@cache
def separate_items() -> frozenset[str]:
    """Keys of whole phrases that are items of their own: classes, grapes, States, countries, appellations."""
    return _places() | (frozenset(GRAPES) - ORDINARY_WORDS) | class_names()


@cache
def items() -> frozenset[str]:
    """Keys of whole phrases that are no brand: items of their own, wine regions of the world, counties."""
    return separate_items() | frozenset(REGIONS) | frozenset(key_of(name) for name in words("counties"))


@cache
def generic_words() -> frozenset[str]:
    """Keys of words that stand for a class, a grape, a State, a country or a wine region."""
    return class_words() | frozenset(GRAPES) | _places() | words("foreign_class_words")


@cache
def plain_words() -> frozenset[str]:
    """Keys of words that are no brand by themselves: generic ones, kinds of drinks, parts of grape names, months."""
    return generic_words() | words("drinks") | words("grape_parts") | words("months")


def _places() -> frozenset[str]:
    return frozenset({key_of(name) for name in STATES.values()} | set(COUNTRIES) | set(KNOWN_APPELLATIONS))


def is_warning_text(keys: Sequence[str]) -> bool:
    """Whether words are a piece of the health warning."""
    return len("".join(keys)) >= _LEAST_PIECE and f" {' '.join(keys)} " in _STATUTE


_LEAST_PIECE = 5
_STATUTE = f" {' '.join(key for word in CANONICAL_WORDS if (key := key_of(word)))} "


def is_native(key: str) -> bool:
    """`italia`, and `ditalia` of `Vino d'Italia`."""
    return key in NATIVE_COUNTRIES or (key[:1] == "d" and key[1:] in NATIVE_COUNTRIES)
