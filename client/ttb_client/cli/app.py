"""The commands of `ttb`; the larger ones have modules of their own."""

from __future__ import annotations

import typer

from ttb_client.cli import artifacts, ocr, options, rules, token
from ttb_client.cli.listing import health_page
from ttb_client.cli.model_status import model_status
from ttb_client.cli.output import show, show_json, waiting
from ttb_client.cli.verify import verify

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(
    epilog="Exit codes: 0 passed (or done), 1 failed, 2 wrong usage, 3 needs review, 4 no answer from the server, "
    "5 input refused, 70 internal error."
)
def ttb() -> None:
    """Tell whether an alcohol label meets 27 CFR, and whether it says what the application says.

    [bold]ttb verify[/] front.jpg back.jpg --brand-name "STONE'S THROW" --alcohol-content 13.5
    """


app.command()(verify)
app.command("model-status")(model_status)
app.add_typer(artifacts.app, name="artifacts")
app.add_typer(ocr.app, name="ocr")
app.add_typer(rules.app, name="rules")
app.add_typer(token.app, name="token")


@app.command()
def health(
    url: options.Url = options.URL,
    token: options.Token = None,
    timeout: options.Timeout = options.TIMEOUT,
    as_json: options.Json = False,
) -> None:
    """Show whether labels can be verified now, and with which OCR backends."""
    with options.connect(url, token, timeout) as client, waiting("asking"):
        answer = client.health()
    if as_json:
        show_json(answer)
    else:
        show(health_page(answer))
