"""The regulations of `tests/data/cfr`: sections by number, as text and as lists."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PARTS = (4, 5, 7, 16)
_FOLDER = Path(__file__).parents[1] / "data" / "cfr"


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its whole text with single spaces, and the entries of its lists and tables."""

    number: str
    text: str
    entries: tuple[str, ...]


@cache
def sections() -> dict[str, Section]:
    """Every section of the four parts by number, such as `16.21`."""
    found: dict[str, Section] = {}
    for part in PARTS:
        root = ET.parse(_FOLDER / f"CFR-2024-title27-part{part}.xml").getroot()  # noqa: S314 - our own file
        for element in root.iter("SECTION"):
            number = _text(element.find("SECTNO")).removeprefix("§").strip()
            entries = tuple(_text(entry) for entry in element.iter() if entry.tag in ("FP", "ENT"))
            found[number] = Section(number, _text(element), entries)
    return found


def _text(element: ET.Element | None) -> str:
    """The text of an element, page breaks left out."""
    if element is None:
        return ""
    pieces = [element.text or ""]
    for child in element:
        pieces += ["" if child.tag == "PRTPAGE" else _text_inside(child), child.tail or ""]
    return " ".join("".join(pieces).split())


def _text_inside(element: ET.Element) -> str:
    inside = "".join(
        (("" if child.tag == "PRTPAGE" else _text_inside(child)) + (child.tail or "")) for child in element
    )
    return (element.text or "") + inside
