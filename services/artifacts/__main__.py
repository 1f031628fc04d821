"""`python -m services.artifacts` serves what was checked; with `export` it writes a dataset of it."""

from __future__ import annotations

import argparse
import sys


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        prog="python -m services.artifacts",
        description="Keep artifacts, find them again and delete them, over gRPC; or export them as a dataset.",
        epilog="Settings come from the environment: ARTIFACT_PORT, ARTIFACT_DIRECTORY, ... (see the README).",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_parser("export", add_help=False, help="write Parquet tables and images; see `export --help`")
    if sys.argv[1:2] == ["export"]:
        # The service needs no pyarrow.
        from services.artifacts.export.command import main as export

        sys.exit(export(sys.argv[2:]))
    parser.parse_args()
    _serve()


def _serve() -> None:
    # An export needs no server.
    from services.artifacts.bootstrap import build
    from services.artifacts.settings import ArtifactSettings
    from services.common.server import run
    from services.common.settings import SharedSettings, load

    run(build, load(ArtifactSettings), load(SharedSettings))


if __name__ == "__main__":
    main()
