"""`python -m services.ocr`: parse settings, wire, serve."""

from __future__ import annotations


def main() -> None:
    """Serve until asked to stop."""
    # Each worker process imports this module too, and needs no server.
    from services.common.server import run
    from services.common.settings import SharedSettings, load
    from services.ocr.bootstrap import build
    from services.ocr.settings import OcrSettings

    run(build, load(OcrSettings), load(SharedSettings))


if __name__ == "__main__":
    main()
