"""Checks every request against the protovalidate rules that stand beside its fields in the contract."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from google.protobuf.message import DecodeError, Message
from protovalidate import Validator, Violation

from services.common.errors import FieldViolation, Reason, TtbError
from services.common.interceptors.around import AroundInterceptor, Call

_validator = Validator()
_UNDECODABLE: Any = object()


def check(message: Message) -> None:
    """Raise a `TtbError` that names each bad field of the message."""
    violations = [FieldViolation(_path(each), _sentence(each)) for each in _validator.collect_violations(message)]
    if violations:
        text = "; ".join(f"{each.field}: {each.description}" for each in violations[:5])
        raise TtbError(Reason.INVALID_FIELD, text, violations=violations)


class ValidationInterceptor(AroundInterceptor):
    """Refuses a bad request before the service sees it."""

    def deserializer(self, given: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        """Keep bad bytes for `around` to refuse; gRPC would call them an internal error."""

        def decode(data: bytes) -> Any:
            try:
                return given(data)
            except DecodeError:
                return _UNDECODABLE

        return decode

    @asynccontextmanager
    async def around(self, call: Call) -> AsyncIterator[None]:
        """Check the request, unless it is a stream."""
        if call.request is _UNDECODABLE:
            raise TtbError(
                Reason.INVALID_REQUEST, "The request cannot be decoded; text must be UTF-8, in a path or query too."
            )
        if call.request is not None:
            check(call.request)
        yield


def _path(violation: Violation) -> str:
    field = violation.proto.field
    parts: list[str] = []
    for element in field.elements if field is not None else ():
        name = element.field_name or ""
        subscript = element.subscript
        if subscript is not None and subscript.field == "index":
            name += f"[{subscript.value}]"
        parts.append(name)
    return ".".join(parts)


def _sentence(violation: Violation) -> str:
    return violation.proto.message or "is not valid"
