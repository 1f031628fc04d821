"""`ttb token`: keys and tokens for trying out a gateway that asks for tokens."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ttb_client.cli.output import note, show_line

app = typer.Typer(help="Make keys and tokens for development (TTB_AUTH=jwt).", no_args_is_help=True)

Folder = Annotated[Path, typer.Option(help="Folder of the keys.", metavar="FOLDER", file_okay=False)]
Issuer = Annotated[str, typer.Option(help="The gateway's TTB_JWT_ISSUER.")]
Audience = Annotated[str, typer.Option(help="One of the gateway's TTB_JWT_AUDIENCES.")]

_FOLDER, _ISSUER, _AUDIENCE = Path("var/keys"), "ttb-development", "ttb"


class Role(StrEnum):
    """What the token's holder may do."""

    VERIFY = "verify"
    AUDIT = "audit"
    ADMIN = "admin"


@app.callback()
def _needs_packages() -> None:
    try:
        import ttb_client.tokens  # noqa: F401 - the packages that sign are optional
    except ImportError as error:
        raise typer.BadParameter(f"{error.name} is missing; pip install 'ttb-client[tokens]'") from error


@app.command()
def keys(
    folder: Folder = _FOLDER,
    retire: Annotated[
        bool, typer.Option("--retire", help="Drop the former keys: their tokens are good no more.")
    ] = False,
) -> None:
    """Make a key pair, or the next one: tokens are signed with the new key, those of the former keys stay good.

    A gateway that watches the file of keys takes the new ones within seconds.
    """
    from ttb_client.tokens import KeyFolder

    made = KeyFolder(folder)
    made.renew(retire=retire)
    note(f"TTB_AUTH=jwt TTB_JWT_ISSUER={_ISSUER} TTB_JWT_AUDIENCES={_AUDIENCE} TTB_JWKS_FILE={made.public_keys}")


@app.command()
def issue(
    role: Annotated[list[Role], typer.Option(help="What its holder may do; repeat it for several.")],
    subject: Annotated[str, typer.Option(help="Whom it is for; stands in the audit log.")] = "developer",
    minutes: Annotated[float, typer.Option(help="How long it is good.", min=0.01, metavar="MINUTES")] = 60,
    issuer: Issuer = _ISSUER,
    audience: Audience = _AUDIENCE,
    folder: Folder = _FOLDER,
) -> None:
    """Write a token to stdout.

    export TTB_TOKEN=$([bold]ttb token issue[/] --role verify)
    """
    from ttb_client.tokens import KeyFolder

    try:
        token = KeyFolder(folder).token(
            subject=subject, roles=role, issuer=issuer, audience=audience, lifetime=timedelta(minutes=minutes)
        )
    except OSError as error:
        raise typer.BadParameter(f"there is no key in {folder}; ttb token keys makes one") from error
    show_line(token)
