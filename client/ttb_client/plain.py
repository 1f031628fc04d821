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


def _ordered(plain: Any, of: Descriptor) -> dict[str, Json]:
    """Protobuf's own printer puts the fields that have no value behind all others."""
    ordered: dict[str, Json] = {}
    for field in sorted(of.fields, key=lambda field: field.number):
        if field.name not in plain:
            continue
        value = plain[field.name]
        if field.message_type is None:
            ordered[field.name] = value
        elif isinstance(value, list):
            ordered[field.name] = [_ordered(each, field.message_type) for each in value]
        else:
            ordered[field.name] = _ordered(value, field.message_type)
    return ordered
