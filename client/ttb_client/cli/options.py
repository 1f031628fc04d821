"""Options that several commands of `ttb` share."""

from __future__ import annotations

from typing import Annotated

import typer

from ttb_client.calls import TIMEOUT_SECONDS
from ttb_client.client import TtbClient
from ttb_client.connection import DEFAULT_URL

CONNECTION_AND_OUTPUT = "Connection and output"

Url = Annotated[
    str,
    typer.Option(
        help="The gateway: http://host:port, or https://host:port with TLS.",
        envvar="TTB_URL",
        metavar="URL",
        rich_help_panel=CONNECTION_AND_OUTPUT,
    ),
]
Token = Annotated[
    str | None,
    typer.Option(
        help="Bearer token, for a gateway that asks for one.",
        envvar="TTB_TOKEN",
        show_envvar=True,
        metavar="TOKEN",
        rich_help_panel=CONNECTION_AND_OUTPUT,
    ),
]
Timeout = Annotated[
    float,
    typer.Option(
        help="Longest wait for the answer, in seconds.",
        min=0.1,
        metavar="SECONDS",
        rich_help_panel=CONNECTION_AND_OUTPUT,
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help="Write the answer as the REST API gives it.", rich_help_panel=CONNECTION_AND_OUTPUT),
]

URL = DEFAULT_URL
TIMEOUT = TIMEOUT_SECONDS


def connect(url: str, token: str | None, timeout: float) -> TtbClient:
    """The client for these options; a wrong URL is wrong usage."""
    try:
        return TtbClient(url, timeout=timeout, token=token)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--url") from error
