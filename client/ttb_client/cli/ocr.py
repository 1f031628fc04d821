"""`ttb ocr`: read one image, or compare what each backend reads."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ttb_client.cli import options
from ttb_client.cli.compare import compare
from ttb_client.cli.default_command import DefaultCommand
from ttb_client.cli.listing import text_page
from ttb_client.cli.output import show, show_json, waiting
from ttb_client.requests import OcrBackend

app = typer.Typer(cls=DefaultCommand, rich_markup_mode="rich")


@app.callback()
def ocr() -> None:
    """Show the text that is read from images, without any rule. [bold]ttb ocr[/] IMAGE reads one."""


@app.command()
def read(
    image: Annotated[
        Path, typer.Argument(help="The picture, PDF or TIFF to read.", exists=True, dir_okay=False, readable=True)
    ],
    backend: Annotated[OcrBackend, typer.Option(help="The OCR backend that reads.")] = "auto",
    page: Annotated[int, typer.Option(help="Which page of a PDF or TIFF, from 1.", min=1, max=1000)] = 1,
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Show the text that is read from one image: lines with place and confidence, no rules.

    [bold]ttb ocr[/] label.png --backend tesseract
    """
    with options.connect(url, token, timeout) as client, waiting(f"reading {image.name}"):
        answer = client.extract_text(image, frame=page - 1, backend=backend)
    if as_json:
        show_json(answer)
    else:
        show(text_page(answer, page))


app.command()(compare)
