"""`python -m services.validator`: parse settings, wire, serve; `... drain` empties the spool instead."""

import argparse
import sys

from services.common.server import run
from services.common.settings import SharedSettings, load
from services.validator.bootstrap import build
from services.validator.drain import drain
from services.validator.settings import ValidatorSettings


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m services.validator", description="Serve, unless a command is given."
    )
    commands = parser.add_subparsers(dest="command")
    draining = commands.add_parser(
        "drain",
        help="hand over what waits in the spool, while the validator is stopped",
        description="Hand over the artifacts that wait in the spool (VALIDATOR_SPOOL_DIRECTORY) to the artifacts "
        "service (VALIDATOR_ARTIFACTS_TARGET). Exit code 0: nothing is left; 1: something is, or the validator runs.",
    )
    draining.add_argument("--timeout", type=float, default=300, metavar="SECONDS", help="give up after (default 300)")
    arguments = parser.parse_args()
    settings, shared = load(ValidatorSettings), load(SharedSettings)
    if arguments.command == "drain":
        sys.exit(drain(settings, shared, timeout=arguments.timeout))
    run(build, settings, shared)


if __name__ == "__main__":
    main()
