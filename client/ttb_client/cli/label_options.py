"""Options that tell which label it is: its images, what the application says, what is known of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias, get_args

import typer

from ttb_client import requests

_APPLICATION = "What the application says (not given: not compared)"
_DECLARED = "What else the application, its permit and its certificate say"
LABEL = "What is known of the label (not given: judged from it)"


def _application(what: str, group: str = _APPLICATION) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=what, metavar="TEXT", rich_help_panel=group)
    return option


def _declared(what: str) -> typer.models.OptionInfo:
    return _application(what, _DECLARED)


def choice(what: str, names: object, group: str) -> typer.models.OptionInfo:
    """An option whose values stand in its help, where they do not squeeze its name."""
    text = f"{what}: {', '.join(get_args(names))}."
    option: typer.models.OptionInfo = typer.Option(help=text, metavar="NAME", rich_help_panel=group)
    return option


Images: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        help="1 to 10 pictures of one label: JPEG, PNG, WebP, TIFF, GIF, HEIC or PDF.",
        exists=True,
        dir_okay=False,
        readable=True,
        metavar="IMAGE",
        show_default=False,
    ),
]

BrandName: TypeAlias = Annotated[str, _application("Brand name.")]
FancifulName: TypeAlias = Annotated[str, _application("Fanciful name.")]
ClassType: TypeAlias = Annotated[str, _application("Class and type designation.")]
AlcoholContent: TypeAlias = Annotated[str, _application("Percent alcohol by volume (13.5), or proof (90 proof).")]
NetContents: TypeAlias = Annotated[str, _application("Net contents with unit: 750 mL.")]
NameAndAddress: TypeAlias = Annotated[str, _application("Name and address as used on the label.")]
CountryOfOrigin: TypeAlias = Annotated[str, _application("Country of origin of an import.")]
Appellation: TypeAlias = Annotated[str, _application("Appellation of origin of a wine.")]
Vintage: TypeAlias = Annotated[str, _application("Vintage of a wine, four digits.")]
Varietals: TypeAlias = Annotated[str, _application("Grape varietals, separated by commas.")]

Formula: TypeAlias = Annotated[str, _declared("Id of the approved formula; N/A when the application names none.")]
Embossed: TypeAlias = Annotated[str, _declared("What is blown, branded or embossed on the container.")]
PermitNames: TypeAlias = Annotated[str, _declared("Names and trade names on the permit, separated by semicolons.")]
Ingredients: TypeAlias = Annotated[
    str, _declared("What the formula declares and the law wants told, by commas: FD&C Yellow No. 5, caramel color.")
]
Age: TypeAlias = Annotated[str, _declared("Age of the youngest spirit: 18 months.")]
SaleState: TypeAlias = Annotated[str, _declared("The only State of sale under a certificate of exemption.")]
CertificateStatus: TypeAlias = Annotated[
    str, _declared("Status of an issued certificate: approved, surrendered, revoked, expired.")
]
Qualifications: TypeAlias = Annotated[str, _declared("Qualifications that an issued certificate prints.")]

ProductType: TypeAlias = Annotated[
    requests.ProductType | None, choice("Which part of 27 CFR governs", requests.ProductType, LABEL)
]
Origin: TypeAlias = Annotated[requests.Origin | None, choice("Where it comes from", requests.Origin, LABEL)]
