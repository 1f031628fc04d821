"""Write `docs/openapi.yaml`, or check that it is fresh (`--check`). Either way it has to be valid OpenAPI."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import yaml
from google.protobuf import descriptor_pb2
from openapi_spec_validator import validate

from gateway.config import Config
from scripts import protos
from scripts.openapi.comments import comments_of
from scripts.openapi.document import document

FILE = protos.ROOT / "docs" / "openapi.yaml"
_HEAD = "# Written by `make docs` from protos/ and gateway/; edit those.\n"


class _Dumper(yaml.SafeDumper):
    """For readers: lists indented below their key, paragraphs as they are, and no references to what stands above."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Dumper.add_representer(str, _text)


def built() -> Config:
    """The document, made anew."""
    with tempfile.TemporaryDirectory() as folder:
        image = descriptor_pb2.FileDescriptorSet.FromString(protos.image(Path(folder)).read_bytes())
    return document(comments_of(image))


def text() -> str:
    """The document as it has to stand in the file. Raises when it is not valid OpenAPI 3.1."""
    fresh = built()
    validate(fresh)
    return _HEAD + yaml.dump(fresh, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=116)


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 when the document is stale")
    fresh = text()
    if not parser.parse_args().check:
        FILE.write_text(fresh)
    elif not FILE.is_file() or FILE.read_text() != fresh:
        sys.exit("docs/openapi.yaml is stale, run `make docs`")


if __name__ == "__main__":
    main()
