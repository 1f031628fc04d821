"""`ttb ocr compare`: what each backend reads of the same images, as it finishes, and then side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import typer
from rich.console import Group
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client.cli import label_options, options
from ttb_client.cli.comparison_page import backends_table, comparison_page
from ttb_client.cli.exits import ExitCode
from ttb_client.cli.output import coloured, person, show, show_json
from ttb_client.errors import TtbError


def compare(
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
    product_type: label_options.ProductType = None,
    origin: label_options.Origin = None,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Have every available backend read the same images, and show where they differ.

    What the application says is the truth that each is measured by.

    [bold]ttb ocr compare[/] label.png

    [bold]ttb ocr compare[/] front.jpg back.jpg --brand-name "STONE'S THROW" --alcohol-content 13.5

    Exit codes: 0 at least one backend read, 4 none did, or no answer; 2 wrong usage, 5 input refused, 70 internal
    error.
    """
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
    )
    readings: list[pb.BackendReading] = []
    with options.connect(url, token, timeout) as client:
        arriving = client.compare_backends(images, application=application, product_type=product_type, origin=origin)
        try:
            _collect(arriving, readings, images)
        except TtbError:
            # What was read is worth seeing; half a list would look like a whole one.
            if readings and not as_json:
                show(comparison_page(readings, coloured=coloured()))
            raise
    if as_json:
        show_json(readings)
    else:
        show(comparison_page(readings, coloured=coloured()))
    raise typer.Exit(ExitCode.PASSED if any(not reading.error for reading in readings) else ExitCode.UNREACHABLE)


def _collect(arriving: Iterable[pb.BackendReading], readings: list[pb.BackendReading], images: Sequence[Path]) -> None:
    """Take each reading as it arrives, where a person sees it."""
    console = person()
    if console is None:
        readings.extend(arriving)
        return
    spinner = Spinner("dots", Text(f"reading {', '.join(image.name for image in images)}"))
    # The whole page is the answer, and stays on stdout; this goes.
    with Live(spinner, console=console, transient=True) as live:
        for reading in arriving:
            readings.append(reading)
            live.update(Group(backends_table(readings), spinner))
