"""The comments of the contracts by the full name of what they stand above; the stubs do not hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from google.protobuf import descriptor_pb2
from google.protobuf.message import Message

Comments: TypeAlias = Mapping[str, str]


def comments_of(image: descriptor_pb2.FileDescriptorSet) -> Comments:
    """`ttb.validator.v1.Verification.verdict` -> `The answer.`, of every file that has source information."""
    return dict(pair for file in image.file for pair in _of_file(file))


def _of_file(file: descriptor_pb2.FileDescriptorProto) -> Iterator[tuple[str, str]]:
    for location in file.source_code_info.location:
        name = _full_name(file, location.path)
        if name and location.leading_comments:
            yield name, paragraphs(location.leading_comments)


def _full_name(file: descriptor_pb2.FileDescriptorProto, path: Sequence[int]) -> str:
    """What a location's path leads to (descriptor.proto, SourceCodeInfo); empty when that has no name of its own."""
    names = [file.package]
    here: Message = file
    for number, index in zip(path[::2], path[1::2], strict=False):
        field = here.DESCRIPTOR.fields_by_number[number]
        if field.message_type is None or not field.is_repeated:
            return ""
        here = getattr(here, field.name)[index]
        names.append(getattr(here, "name", ""))
    return ".".join(names) if len(path) % 2 == 0 and all(names) and len(names) > 1 else ""


def paragraphs(text: str) -> str:
    """The text without the line breaks of its source; an empty line still parts two paragraphs."""
    return "\n\n".join(" ".join(each.split()) for each in text.split("\n\n")).strip()
