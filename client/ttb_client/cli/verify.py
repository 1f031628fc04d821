"""`ttb verify`: the contract's inputs as options, and the verdict as output and exit code."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.calls import idempotency
from ttb_client.cli import label_options, options
from ttb_client.cli.exits import of_verdict
from ttb_client.cli.label_options import LABEL, choice
from ttb_client.cli.output import show, show_json, waiting
from ttb_client.cli.picture import picture_file, save_picture
from ttb_client.cli.verdict import verdict_page
from ttb_client.requests import ApplicationType, Mode, OcrBackend, Panel

_CHECK = "How it is checked"


def _number(what: str, unit: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(help=what, metavar=unit, rich_help_panel=LABEL)
    return option


def _known_panels(given: list[str] | None) -> list[str]:
    """Typer takes no list of choices."""
    for name in given or []:
        if name not in get_args(Panel):
            raise typer.BadParameter(f"{name!r} is not one of {', '.join(get_args(Panel))}")
    return given or []


def _sendable(key: str | None) -> str | None:
    """A key that a header can carry."""
    try:
        idempotency(key)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return key


def verify(
    images: label_options.Images,
    brand_name: label_options.BrandName = "",
    fanciful_name: label_options.FancifulName = "",
    class_type: label_options.ClassType = "",
    alcohol_content: label_options.AlcoholContent = "",
    net_contents: label_options.NetContents = "",
    name_and_address: label_options.NameAndAddress = "",
    country_of_origin: label_options.CountryOfOrigin = "",
    appellation: label_options.Appellation = "",
    vintage: label_options.Vintage = "",
    varietals: label_options.Varietals = "",
    formula: label_options.Formula = "",
    embossed: label_options.Embossed = "",
    permit_names: label_options.PermitNames = "",
    ingredients: label_options.Ingredients = "",
    age: label_options.Age = "",
    sale_state: label_options.SaleState = "",
    certificate_status: label_options.CertificateStatus = "",
    qualifications: label_options.Qualifications = "",
    panel: Annotated[
        list[str] | None,
        typer.Option(
            help=f"What each image shows, repeated in the same order: {', '.join(get_args(Panel))}.",
            metavar="PANEL",
            callback=_known_panels,
            rich_help_panel=LABEL,
        ),
    ] = None,
    panels_complete: Annotated[
        bool,
        typer.Option(
            "--panels-complete",
            help="The images show every panel: only then can something be missing.",
            rich_help_panel=LABEL,
        ),
    ] = False,
    product_type: label_options.ProductType = None,
    origin: label_options.Origin = None,
    scale_mm_per_px: Annotated[
        float | None, _number("Millimetres of printed label for each pixel of the image.", "MM")
    ] = None,
    container_ml: Annotated[float | None, _number("Capacity of the container.", "ML")] = None,
    lab_abv: Annotated[float | None, _number("Alcohol by volume that a laboratory measured.", "PERCENT")] = None,
    lab_so2_ppm: Annotated[float | None, _number("Total sulfur dioxide that a laboratory measured.", "PPM")] = None,
    lab_solids: Annotated[float | None, _number("Total solids that a laboratory measured.", "G/100ML")] = None,
    application_type: Annotated[ApplicationType | None, choice("What is applied for", ApplicationType, _CHECK)] = None,
    for_export: Annotated[bool, typer.Option("--for-export", help="Only for export.", rich_help_panel=_CHECK)] = False,
    mode: Annotated[Mode | None, choice("What the check is for", Mode, _CHECK)] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            help="Day whose edition of the law applies; today when not given.",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            rich_help_panel=_CHECK,
        ),
    ] = None,
    ocr_backend: Annotated[OcrBackend | None, choice("The OCR backend that reads", OcrBackend, _CHECK)] = None,
    disabled_rule: Annotated[
        list[str] | None,
        typer.Option(help="Id of a rule to leave out; repeat it.", metavar="RULE", rich_help_panel=_CHECK),
    ] = None,
    save_artifact: Annotated[
        bool | None,
        typer.Option(
            help="Keep images, text and verdict; as the server is set when not given.", rich_help_panel=_CHECK
        ),
    ] = None,
    idempotency_key: Annotated[
        str | None,
        typer.Option(
            help="The same request with the same key is kept once, however often it is sent.",
            metavar="KEY",
            callback=_sendable,
            rich_help_panel=_CHECK,
        ),
    ] = None,
    annotate: Annotated[
        Path | None,
        typer.Option(
            help="Draw what was read and found on the images, and write the picture to this .png, .jpg, .webp or .pdf.",
            metavar="FILE",
            dir_okay=False,
            callback=picture_file,
            rich_help_panel=options.CONNECTION_AND_OUTPUT,
        ),
    ] = None,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Verify one label from its images, and compare it with what the application says.

    [bold]ttb verify[/] label.png

    [bold]ttb verify[/] front.jpg back.jpg --panel front --panel back --panels-complete
    --brand-name "STONE'S THROW" --alcohol-content 13.5 --net-contents "750 mL"

    [bold]ttb verify[/] label.png --annotate found.png

    [bold]ttb verify[/] label.pdf --json | jq -r .verdict

    [bold]ttb verify[/] label.png --save-artifact, and later [bold]ttb artifacts get[/] with the id that it prints

    Exit codes: 0 passed, 1 failed, 3 needs review; 2 wrong usage, 4 no answer, 5 input refused, 70 internal error.
    """
    panels = cast("list[Panel]", panel or [])
    if panels and len(panels) != len(images):
        raise typer.BadParameter(f"give one for each of the {len(images)} images, or none", param_hint="--panel")
    application = pb.Application(
        brand_name=brand_name,
        fanciful_name=fanciful_name,
        class_type=class_type,
        alcohol_content=alcohol_content,
        net_contents=net_contents,
        name_and_address=name_and_address,
        country_of_origin=country_of_origin,
        appellation=appellation,
        vintage=vintage,
        varietals=varietals,
        formula=formula,
        embossed=embossed,
        permit_names=permit_names,
        ingredients=ingredients,
        age=age,
        sale_state=sale_state,
        certificate_status=certificate_status,
        qualifications=qualifications,
    )
    names = ", ".join(image.name for image in images)
    with options.connect(url, token, timeout) as client, waiting(f"verifying {names}"):
        answer = client.verify(
            images,
            panels=panels,
            application=application,
            idempotency_key=idempotency_key,
            product_type=product_type,
            origin=origin,
            application_type=application_type,
            for_export=for_export,
            mode=mode,
            as_of=as_of.replace(tzinfo=UTC).date() if as_of else None,
            panels_complete=panels_complete,
            scale_mm_per_px=scale_mm_per_px,
            container_ml=container_ml,
            lab_abv=lab_abv,
            lab_so2_ppm=lab_so2_ppm,
            lab_solids=lab_solids,
            ocr_backend=ocr_backend,
            save_artifact=save_artifact,
            disabled_rules=disabled_rule or [],
        )
    if as_json:
        show_json(answer)
    else:
        show(verdict_page(answer, images))
    if annotate:
        save_picture(answer, images, annotate)
    raise typer.Exit(of_verdict(answer.verdict))
