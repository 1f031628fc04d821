"""Puts the stubs of the contracts, which stand beside this project, into its wheel.

An editable installation finds them where they are (`dev-mode-dirs`); copies would grow stale there.
"""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class StubsHook(BuildHookInterface[Any]):
    """Adds the packages `ttb` and `buf` to a wheel that is to be given away."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """`version` is `standard` or `editable`."""
        if version != "editable":
            build_data["force_include"].update({"../stubs/ttb": "ttb", "../stubs/buf": "buf"})
