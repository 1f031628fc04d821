"""protovalidate's rules beside a field, as keywords of JSON Schema: what is refused is documented as refused."""

from __future__ import annotations

from buf.validate import validate_pb2
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from gateway.config import Config

_NUMBER = {"gte": "minimum", "gt": "exclusiveMinimum", "lte": "maximum", "lt": "exclusiveMaximum"}
_STRING = {"min_len": "minLength", "max_len": "maxLength", "pattern": "pattern"}
_REPEATED = {"min_items": "minItems", "max_items": "maxItems", "unique": "uniqueItems"}

# Every UUID of the contracts is the id of a request.
_REQUEST_ID: Config = {
    "format": "uuid",
    "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
}


def rules_of(field: FieldDescriptor) -> validate_pb2.FieldRules:
    """What stands beside the field; without any, no rules."""
    rules: validate_pb2.FieldRules = field.GetOptions().Extensions[validate_pb2.field]
    return rules


def keywords(rules: validate_pb2.FieldRules) -> Config:
    """The rules of one value or of a whole list, without those of its items.

    Raises ValueError for a rule that has no keyword here, so that none is left out in silence.
    """
    kind = rules.WhichOneof("type")
    beside = {field.name for field, _ in rules.ListFields()} - {kind, "required"}
    if beside:
        raise ValueError(f"no JSON Schema is known for the rules {sorted(beside)}")
    if kind is None:
        return {}
    result: Config = {}
    for rule, value in _given(getattr(rules, kind)):
        result |= _keyword(kind, rule, value)
    return result


def _given(rules: Message) -> list[tuple[str, object]]:
    return [(field.name, value) for field, value in rules.ListFields()]


def _keyword(kind: str, rule: str, value: object) -> Config:
    match kind, rule, value:
        case _, "example", _:
            return {}
        case "string", "uuid", True:
            return _REQUEST_ID
        case "string", _, (str() | int()) if rule in _STRING:
            return {_STRING[rule]: value}
        case "bytes", ("min_len" | "max_len"), int():
            return {_STRING[rule]: _base64_length(value)}
        case "repeated", "items", _:
            return {}
        case "repeated", _, int() if rule in _REPEATED:
            return {_REPEATED[rule]: value}
        case "enum", "defined_only", True:
            return {}
        case (("double" | "float" | "int32" | "uint32"), _, (int() | float())) if rule in _NUMBER:
            return {_NUMBER[rule]: value}
    raise ValueError(f"no JSON Schema is known for the rule {kind}.{rule}")


def _base64_length(count: int) -> int:
    return -(-count // 3) * 4
