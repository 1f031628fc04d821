"""Interceptors as context managers, entered around the whole of a call.

A gRPC interceptor that wraps only the call of a streaming method misses what happens while it is iterated: errors
raised there escape it, and its clock stops too early. Here each concern is an async context manager, and one wrapper
enters it around the body of all four kinds of methods, iteration included.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import Message

from services.common import metadata

OWN_METHODS = "/ttb."


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its full method name (`/package.Service/Method`), context, and the request unless it is a stream.

    `streaming` calls answer with a stream of messages.
    """

    method: str
    context: grpc.aio.ServicerContext[Any, Any]
    request: Message | None
    streaming: bool

    def metadata(self, key: str) -> str:
        """The caller's metadata of that key, or an empty string."""
        return metadata.first(self.context, key)


class AroundInterceptor(grpc.aio.ServerInterceptor, ABC):
    """Enters `around` for every call of our own services; health and reflection are left alone."""

    @abstractmethod
    def around(self, call: Call) -> AbstractAsyncContextManager[None]:
        """What happens around the call. An exception raised here ends it."""

    async def stream_begins(self, call: Call) -> None:
        """What happens inside `around` before the first message of a stream, if there is one."""

    def deserializer(self, given: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        """What makes the request from its bytes, which happens before `around`."""
        return given

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wrap the method's handler."""
        handler = await continuation(handler_call_details)
        method = handler_call_details.method
        if handler is None or not method.startswith(OWN_METHODS):
            return handler
        return self._wrapped(handler, method)

    def _wrapped(self, handler: grpc.RpcMethodHandler[Any, Any], method: str) -> grpc.RpcMethodHandler[Any, Any]:
        serializers = {
            "request_deserializer": handler.request_deserializer and self.deserializer(handler.request_deserializer),
            "response_serializer": handler.response_serializer,
        }
        body: Any
        if handler.response_streaming:
            body = handler.stream_stream if handler.request_streaming else handler.unary_stream

            async def streaming(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
                call = Call(method, context, None if handler.request_streaming else request, True)
                async with self.around(call), aclosing(body(request, context)) as messages:
                    begun = False
                    async for message in messages:
                        if not begun:
                            await self.stream_begins(call)
                            begun = True
                        yield message

            if handler.request_streaming:
                return grpc.stream_stream_rpc_method_handler(streaming, **serializers)
            return grpc.unary_stream_rpc_method_handler(streaming, **serializers)

        body = handler.stream_unary if handler.request_streaming else handler.unary_unary

        async def unary(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            async with self.around(Call(method, context, None if handler.request_streaming else request, False)):
                return await body(request, context)

        if handler.request_streaming:
            return grpc.stream_unary_rpc_method_handler(unary, **serializers)
        return grpc.unary_unary_rpc_method_handler(unary, **serializers)
