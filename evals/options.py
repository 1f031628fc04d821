"""Types of command-line options that several commands share."""

from __future__ import annotations

import argparse


def at_least_one(text: str) -> int:
    """A whole number from 1. Raises what argparse shows as a usage error."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
