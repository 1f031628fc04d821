"""Small words for Envoy's configuration, which is built as plain data and dumped as YAML.

Envoy checks the whole at `--mode validate`; these types only keep the parts apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
Config: TypeAlias = "dict[str, Json]"

MEGABYTE = 1024 * 1024


def typed(name: str, **fields: Json) -> Config:
    """A message of a named Envoy type, as `typed_config` wants it."""
    return {"@type": f"type.googleapis.com/{name}", **fields}


def extension(name: str, message: Config) -> Config:
    """A filter, logger or the like: its name and its typed configuration."""
    return {"name": name, "typed_config": message}


def address(host: str, port: int) -> Config:
    """A TCP address."""
    return {"socket_address": {"address": host, "port_value": port}}


def seconds(duration: float) -> str:
    """A duration as protobuf's JSON writes it."""
    return f"{duration:g}s"


def literal(text: str) -> str:
    """Text that goes through Envoy's format strings unchanged."""
    return text.replace("%", "%%")
