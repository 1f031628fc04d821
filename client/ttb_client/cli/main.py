"""Starts `ttb`, and turns whatever goes wrong into one line on stderr and an exit code."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from typing import NoReturn

import grpc
import stamina.instrumentation

from ttb_client.cli.app import app
from ttb_client.cli.exits import ExitCode, of_error
from ttb_client.cli.output import complain
from ttb_client.errors import TtbError


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line (this process's when none is given) and exit."""
    # Whoever logs retries would do so on stdout, in the middle of the answer.
    stamina.instrumentation.set_on_retry_hooks([])
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(args=None if arguments is None else list(arguments), prog_name="ttb")
    except TtbError as error:
        complain(_said(error))
        sys.exit(of_error(error))
    # Whatever it is, it must not look like a verdict.
    except Exception as error:
        complain(f"internal error, please report it: {type(error).__name__}: {error}")
        sys.exit(ExitCode.INTERNAL)
    raise AssertionError("unreachable: typer always exits")


def _said(error: TtbError) -> str:
    """The message, what to do about a refused token, and what finds a call that failed in the server's logs."""
    if error.code is grpc.StatusCode.UNAUTHENTICATED:
        return f"{error.message}: give a valid token with --token or TTB_TOKEN"
    if of_error(error) is ExitCode.INTERNAL and error.request_id:
        return f"{error.message} [request {error.request_id}]"
    return error.message
