"""The descriptor set that Envoy's transcoder needs, from the committed stubs: no protoc, no binary in the tree."""

from __future__ import annotations

from collections.abc import Iterable

from google.protobuf import descriptor_pb2
from google.protobuf.descriptor import FileDescriptor
from google.rpc import error_details_pb2

from gateway.upstreams import Upstream, service


def descriptor_set(upstreams: Iterable[Upstream]) -> descriptor_pb2.FileDescriptorSet:
    """Every file that the services' contracts import, dependencies first.

    `google/rpc/error_details.proto` is always in it: without it Envoy cannot print the details of an error.
    """
    files: dict[str, FileDescriptor] = {}
    _collect(error_details_pb2.DESCRIPTOR, files)
    for upstream in upstreams:
        _collect(service(upstream).file, files)
    result = descriptor_pb2.FileDescriptorSet()
    for file in files.values():
        file.CopyToProto(result.file.add())
    return result


def _collect(file: FileDescriptor, into: dict[str, FileDescriptor]) -> None:
    if file.name in into:
        return
    for dependency in file.dependencies:
        _collect(dependency, into)
    into[file.name] = file
