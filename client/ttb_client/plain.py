"""Messages as the REST API shows them: the same names, order and defaults as the gateway's JSON."""

from __future__ import annotations

from typing import Any, TypeAlias, cast

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.message import Message

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def to_json(message: Message) -> Json:
    """The message as plain data. Keys stand in the order of field numbers, as they do in the gateway's answer."""
    plain = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return _ordered(plain, cast("Descriptor", message.DESCRIPTOR))


def _ordered(plain: dict[str, Any], of: Descriptor) -> dict[str, Json]:
    """Protobuf's own printer puts the fields that have no value behind all others."""
    return {
        field.name: _value(plain[field.name], field.message_type)
        for field in sorted(of.fields, key=lambda field: field.number)
        if field.name in plain
    }


def _value(plain: Any, of: Descriptor | None) -> Json:
    # Times print as text; maps and structs have keys of their own, which no contract orders.
    if of is None or of.GetOptions().map_entry or of.full_name.startswith("google.protobuf."):
        return _numbers(plain)
    if isinstance(plain, list):
        return [_ordered(each, of) for each in plain]
    return _ordered(plain, of)


def _numbers(plain: Json) -> Json:
    """The gateway prints a whole number without a fraction, also where the contract has a double."""
    match plain:
        case float():
            return int(plain) if plain.is_integer() else plain
        case list():
            return [_numbers(each) for each in plain]
        case dict():
            return {name: _numbers(value) for name, value in plain.items()}
        case _:
            return plain
