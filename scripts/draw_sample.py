"""Draw the labels of samples/, each with its application as form fields of `POST /verify`.

Both products are invented. They are written out here, not chosen by seed, so that the samples stay the same when the
generator learns something new.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

from PIL import Image

from evals.generator.defects import spoilt
from evals.generator.draw import draw
from evals.generator.looks import PALETTES
from evals.generator.model import Address, Arrangement, Defect, Frame, LabelSpec, Lettering, Picture, Style
from evals.generator.specs import with_application
from services.validator.submission import Application, Origin, ProductType

SAMPLES = Path(__file__).resolve().parent.parent / "samples"

WINE = with_application(
    LabelSpec(
        seed=0,
        product=ProductType.WINE,
        origin=Origin.DOMESTIC,
        style=Style(Arrangement.SHEET, Lettering.SLAB, PALETTES[0], Frame.DOUBLE, Picture.HILLS),
        brand="STONE'S THROW",
        class_type="CABERNET SAUVIGNON",
        net_contents="750 mL",
        address=Address("PRODUCED AND BOTTLED BY", "STONE'S THROW CELLARS", "NAPA", "CALIFORNIA"),
        application=Application(),
        appellation="NAPA VALLEY",
        vintage="2021",
        varietals=("CABERNET SAUVIGNON",),
        abv=Decimal("13.5"),
        alcohol="ALC. 13.5% BY VOL.",
        story="Grown on the gravel benches above the river, picked at dawn, and aged for eighteen months in oak. "
        "Dark cherry, sage and a long, dry finish.",
        sulfites="CONTAINS SULFITES",
    )
)
SPIRITS = with_application(
    LabelSpec(
        seed=0,
        product=ProductType.DISTILLED_SPIRITS,
        origin=Origin.DOMESTIC,
        style=Style(Arrangement.SHEET, Lettering.BOOK, PALETTES[3], Frame.DOUBLE, Picture.SUN, bar_code="012345678905"),
        brand="COPPER THISTLE",
        class_type="KENTUCKY STRAIGHT BOURBON WHISKEY",
        net_contents="750 mL",
        address=Address("DISTILLED AND BOTTLED BY", "COPPER THISTLE DISTILLING CO.", "BARDSTOWN", "KENTUCKY"),
        application=Application(),
        abv=Decimal(45),
        alcohol="45% ALC/VOL",
        proof="(90 PROOF)",
        disclosure="AGED 6 YEARS",
        story="We run small copper stills slowly and keep only the heart of each run. Pour it neat, or over one large "
        "cube.",
    )
)
SAMPLE_LABELS: Mapping[str, LabelSpec] = {
    "wine-label": WINE,
    "spirits-label-defective": spoilt(SPIRITS, Defect.WARNING_WORD_MISSING),
}
"""The labels by file name; the second lacks the word NOT in its health warning."""


def picture(spec: LabelSpec) -> Image.Image:
    """The one picture of a label whose panels lie in one sheet."""
    (drawn,) = draw(spec)
    return drawn.image


def form(spec: LabelSpec) -> dict[str, str]:
    """The application and the options as form fields of `POST /verify`."""
    stated = {name: value for name, value in asdict(spec.application).items() if value}
    return {"product_type": str(spec.product), "origin": str(spec.origin), **stated, "panels_complete": "true"}


def main() -> None:
    """Write the samples."""
    for name, spec in SAMPLE_LABELS.items():
        picture(spec).save(SAMPLES / f"{name}.png", optimize=True)
        text = json.dumps(form(spec), indent=2, ensure_ascii=False)
        (SAMPLES / f"{name}.json").write_text(text + "\n", encoding="utf-8")
        print(SAMPLES / f"{name}.png")


if __name__ == "__main__":
    main()
