"""`python -m services.modelstatus` serves the state of the model; with `download` it fetches the model."""

from __future__ import annotations

import argparse
import sys


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m services.modelstatus",
        description="Serve the state of the vision model's download over gRPC, or download the model.",
        epilog="Settings come from the environment: MODEL_STATUS_PORT, MODEL_STATUS_FILE, ... (see the README).",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_parser("download", add_help=False, help="fetch the model and install it; see `download --help`")
    if sys.argv[1:2] == ["download"]:
        from services.modelstatus.download.command import main as download

        sys.exit(download(sys.argv[2:]))
    parser.parse_args()
    _serve()


def _serve() -> None:
    # The downloader needs no server.
    from services.common.server import run
    from services.common.settings import SharedSettings, load
    from services.modelstatus.bootstrap import build
    from services.modelstatus.settings import ModelStatusSettings

    run(build, load(ModelStatusSettings), load(SharedSettings))


if __name__ == "__main__":
    main()
