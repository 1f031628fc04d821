"""Messages as JSON Schemas, in the JSON that the services read and Envoy's transcoder prints.

Asked: every field may be left out but those the rules require, and nothing else may stand beside them. Answered: names
of the proto, numbers and lists even when they are zero or empty, 64-bit integers as text, and only what has presence
(messages, `optional`) may be absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum, auto

from google.protobuf.descriptor import Descriptor, EnumDescriptor, FieldDescriptor

from gateway.config import Config, Json
from scripts.openapi.comments import Comments
from scripts.openapi.constraints import keywords, rules_of


class Side(Enum):
    """Who wrote the JSON."""

    ASKED = auto()
    ANSWERED = auto()


_SCALARS: dict[int, Config] = {
    FieldDescriptor.TYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.TYPE_STRING: {"type": "string"},
    FieldDescriptor.TYPE_BYTES: {"type": "string", "contentEncoding": "base64"},
    FieldDescriptor.TYPE_DOUBLE: {"type": "number", "format": "double"},
    FieldDescriptor.TYPE_FLOAT: {"type": "number", "format": "float"},
    FieldDescriptor.TYPE_INT32: {"type": "integer", "format": "int32"},
    FieldDescriptor.TYPE_UINT32: {"type": "integer", "minimum": 0},
    FieldDescriptor.TYPE_INT64: {"type": "string", "pattern": "^-?[0-9]+$"},
    FieldDescriptor.TYPE_UINT64: {"type": "string", "pattern": "^[0-9]+$"},
}
_WELL_KNOWN: dict[str, Config] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?s$"},
    "google.protobuf.Struct": {"type": "object"},
}
# What a comment says of an enum's value that answers do not hold.
_NEVER = "Never sent."


class Schemas:
    """Makes the components of the document as they are referred to.

    `answered` are the messages that the answers begin with: what is both asked and answered gets a name for each.
    """

    def __init__(self, comments: Comments, answered: Iterable[Descriptor]) -> None:
        self._comments = comments
        self._answered = frozenset(name for message in answered for name in _reached(message))
        self._owners: dict[str, str] = {}
        self.components: Config = {}

    def message(self, message: Descriptor, side: Side) -> Config:
        """A reference to the message's schema."""
        name = self._claim(message.name, message.full_name, side)
        if name not in self.components:
            self.components[name] = {}  # A message may hold itself.
            self.components[name] = self._object(message, side)
        return _reference(name)

    def field(self, field: FieldDescriptor, side: Side) -> Config:
        """The schema of one field, with its comment."""
        return {**self._shape(field, side), "description": self._comments[field.full_name]}

    def comment(self, full_name: str) -> str:
        """The comment of anything that stands in the contracts. Raises KeyError when it has none."""
        return self._comments[full_name]

    def _object(self, message: Descriptor, side: Side) -> Config:
        result: Config = {
            "type": "object",
            "description": self._comments[message.full_name],
            "properties": {field.name: self.field(field, side) for field in message.fields},
        }
        required = [field.name for field in message.fields if _required(field, side)]
        if required:
            result["required"] = required
        if side is Side.ASKED:
            result["additionalProperties"] = False
        return result

    def _shape(self, field: FieldDescriptor, side: Side) -> Config:
        rules = rules_of(field)
        if field.message_type is not None and field.message_type.GetOptions().map_entry:
            values = field.message_type.fields_by_name["value"]
            return {"type": "object", "additionalProperties": self._shape(values, side), **keywords(rules)}
        if field.is_repeated:
            items = {**self._value(field, side), **keywords(rules.repeated.items)}
            return {"type": "array", "items": items, **keywords(rules)}
        return {**self._value(field, side), **keywords(rules)}

    def _value(self, field: FieldDescriptor, side: Side) -> Config:
        if field.enum_type is not None:
            return self._enum(field.enum_type, side)
        if field.message_type is None:
            return _SCALARS[field.type]
        return _WELL_KNOWN.get(field.message_type.full_name) or self.message(field.message_type, side)

    def _enum(self, enum: EnumDescriptor, side: Side) -> Config:
        """Named by the message around it. The zero value says what leaving out says, so it is never asked."""
        around = enum.containing_type
        if around is None:
            raise ValueError(f"{enum.full_name}: an enum stands in a message of its own")
        name = self._claim(around.name + enum.name.removeprefix("Value"), enum.full_name, side)
        told = {value.name: self._comments[f"{enum.full_name}.{value.name}"] for value in enum.values}
        values: list[Json] = [
            value.name
            for value in enum.values
            if told[value.name] != _NEVER and (value.number or side is Side.ANSWERED)
        ]
        lines = "\n".join(f"- `{value}`: {told[str(value)]}" for value in values)
        about = self._comments[around.full_name if enum.name == "Value" else enum.full_name]
        self.components[name] = {"type": "string", "enum": values, "description": f"{about}\n\n{lines}"}
        return _reference(name)

    def _claim(self, name: str, full_name: str, side: Side) -> str:
        name = f"{name}Input" if side is Side.ASKED and full_name in self._answered else name
        if self._owners.setdefault(name, full_name) != full_name:
            raise ValueError(f"{full_name} and {self._owners[name]} would both be called {name}")
        return name


def _reference(name: str) -> Config:
    return {"$ref": f"#/components/schemas/{name}"}


def _required(field: FieldDescriptor, side: Side) -> bool:
    if side is Side.ANSWERED:
        return not field.has_presence
    rules = rules_of(field)
    least = rules.repeated.min_items, rules.string.min_len, rules.bytes.min_len
    return rules.required or (any(least) and not field.has_presence)


def _reached(message: Descriptor) -> Iterator[str]:
    """Full names of the message and of all messages and enums in it."""
    seen: set[str] = set()
    waiting = [message]
    while waiting:
        current = waiting.pop()
        if current.full_name in seen:
            continue
        seen.add(current.full_name)
        seen.update(field.enum_type.full_name for field in current.fields if field.enum_type is not None)
        waiting.extend(field.message_type for field in current.fields if field.message_type is not None)
    return iter(seen)
