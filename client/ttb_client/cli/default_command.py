"""Groups of commands of which one is meant when none is named."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class DefaultCommand(TyperGroup):
    """`ttb ocr label.png` is `ttb ocr read label.png`: the group's first command is the default."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Name the default command where no command is named."""
        if not args or args[0] not in {*self.commands, *ctx.help_option_names}:
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
