"""`python -m evals.generator`: a folder of drawn labels with their truth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from evals.generator.defects import CATALOGUE, defective
from evals.generator.draw import draw
from evals.generator.manifest import manifest_line
from evals.generator.model import Defect, LabelSpec
from evals.generator.specs import label
from services.validator.submission import ProductType

_ABOUT = """\
Draw labels of invented products: pictures in DIR/images, and DIR/manifest.jsonl, a line for each label, with what is
printed, what the application says, and, for a defective one, the rule that has to find it. The same options always
draw the same labels.
"""
_EXAMPLES = """\
examples:
  python -m evals.generator --out var/drawn                         10 correct labels of each product type
  python -m evals.generator --out var/drawn --defect all --count 1  one label of every defect and product type
  python -m evals.generator --out var/drawn --product wine --defect class-missing --seed 7
  python -m evals.generator --list                                  the defects, and which rule finds them
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Draw what the command line asks for; returns the exit code."""
    options = _parser().parse_args(arguments)
    if options.list:
        print(_listed())
        return 0
    products = [options.product] if options.product else list(ProductType)
    defects: list[Defect | None] = list(Defect) if options.defect == "all" else [options.defect]
    specs = list(_specs(products, defects, range(options.seed, options.seed + options.count)))
    if not specs:
        print(f"{options.defect} is no defect of {options.product}; --list tells where each applies", file=sys.stderr)
        return 2
    images: Path = options.out / "images"
    images.mkdir(parents=True, exist_ok=True)
    with (options.out / "manifest.jsonl").open("w", encoding="utf-8") as manifest:
        for spec in specs:
            print(json.dumps(_saved(spec, images), ensure_ascii=False), file=manifest)
    print(f"{len(specs)} labels in {options.out}")
    return 0


def _saved(spec: LabelSpec, folder: Path) -> dict[str, object]:
    names = []
    for drawn in draw(spec):
        name = "-".join([spec.name, *([str(drawn.panel)] if drawn.panel else [])]) + ".png"
        drawn.image.save(folder / name, optimize=True)
        names.append(f"{folder.name}/{name}")
    return manifest_line(spec, names).as_json()


def _specs(
    products: Sequence[ProductType], defects: Sequence[Defect | None], seeds: Sequence[int]
) -> Iterator[LabelSpec]:
    for product in products:
        for defect in defects:
            if defect is None:
                yield from (label(product, seed) for seed in seeds)
            elif product in CATALOGUE[defect].expected:
                yield from (defective(defect, product, seed) for seed in seeds)


def _listed() -> str:
    rows = [
        (str(defect), entry.told, ", ".join(f"{product}: {it.rule_id}" for product, it in entry.expected.items()))
        for defect, entry in CATALOGUE.items()
    ]
    return "\n".join(f"{name:<28} {told}\n{'':<28} {rules}" for name, told, rules in rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m evals.generator",
        description=_ABOUT,
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--out", type=Path, metavar="DIR", help="folder for the pictures and the manifest")
    what.add_argument("--list", action="store_true", help="print the defects and end")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="first seed (0)")
    parser.add_argument("--count", type=_positive, default=10, metavar="N", help="labels of each kind (10)")
    parser.add_argument("--product", type=ProductType, choices=list(ProductType), help="only this product type")
    parser.add_argument(
        "--defect", type=_defect, metavar="NAME", help="labels with this defect (--list), or `all`; else correct ones"
    )
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _defect(text: str) -> Defect | str:
    if text == "all":
        return text
    try:
        return Defect(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"no such defect: {text}; --list shows them") from None


if __name__ == "__main__":
    sys.exit(main())
