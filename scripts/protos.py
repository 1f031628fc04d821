"""Generate and check everything that follows from the contracts under `protos/`.

`python scripts/protos.py generate` writes the stubs; `check` generates into a temporary folder and compares, lints,
checks the format, and looks for changes that break clients of the committed baseline; `baseline` accepts the present
contracts as the new baseline (at a release). All of it works offline: `buf` is given descriptor sets that protoc made,
so it has no module to download.
"""

from __future__ import annotations

import argparse
import filecmp
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import grpc_tools
from google.api import annotations_pb2
from protovalidate._gen.buf.validate import validate_pb

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
STUBS = ROOT / "stubs"
BASELINE = PROTOS / "baseline.json"
BIN = Path(sys.executable).parent


def run(*command: str | Path) -> None:
    """Run a command in the project's root; exit with its message when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"failed: {Path(command[0]).name} {command[1]}")


def write_validate_descriptor(path: Path) -> None:
    """Write the descriptor of `buf/validate/validate.proto`, which the protovalidate wheel holds only as Python."""
    from google.protobuf import descriptor_pb2, descriptor_pool

    pool = descriptor_pool.DescriptorPool()
    wanted = descriptor_pb2.FileDescriptorSet()
    for name in ("descriptor", "duration", "field_mask", "timestamp"):
        module = __import__(f"google.protobuf.{name}_pb2", fromlist=["DESCRIPTOR"])
        proto = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(proto)
        pool.Add(proto)
        wanted.file.append(proto)
    wanted.file.append(descriptor_pb2.FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary()))
    path.write_bytes(wanted.SerializeToString())


def protoc(work: Path, *arguments: str, files: list[str]) -> None:
    """Call protoc with the project's protos and the public ones they import."""
    validate = work / "validate.binpb"
    if not validate.exists():
        write_validate_descriptor(validate)
    googleapis = Path(annotations_pb2.__file__).parents[2]
    bundled = Path(grpc_tools.__file__).parent / "_proto"
    run(
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"--proto_path={PROTOS}",
        f"--proto_path={googleapis}",
        f"--proto_path={bundled}",
        f"--descriptor_set_in={validate}",
        *arguments,
        *files,
    )


def own_protos() -> list[str]:
    """Paths of the project's protos relative to `protos/`, sorted."""
    return sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))


def generate(into: Path, work: Path) -> None:
    """Write the stubs below `into`."""
    stubs = into / "stubs"
    shutil.rmtree(stubs, ignore_errors=True)
    stubs.mkdir(parents=True)
    plugins = [
        f"--plugin=protoc-gen-mypy={BIN / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={BIN / 'protoc-gen-mypy_grpc'}",
    ]
    outputs = [f"--python_out={stubs}", f"--mypy_out=quiet:{stubs}"]
    protoc(work, *plugins, *outputs, files=["buf/validate/validate.proto", *own_protos()])
    services = [name for name in own_protos() if re.search(r"^service ", (PROTOS / name).read_text(), re.MULTILINE)]
    protoc(work, *plugins, f"--grpc_python_out={stubs}", f"--mypy_grpc_out=quiet:{stubs}", files=services)
    for folder in sorted(path for path in (stubs / "ttb").rglob("*") if path.is_dir()):
        (folder / "__init__.py").touch()
    (stubs / "ttb" / "__init__.py").touch()
    (stubs / "ttb" / "py.typed").touch()


def image(work: Path) -> Path:
    """The contracts with all they import and their comments, as one descriptor set."""
    path = work / "image.binpb"
    protoc(work, "--include_imports", "--include_source_info", f"--descriptor_set_out={path}", files=own_protos())
    return path


def differences(left: Path, right: Path) -> list[str]:
    """Files below `left` or `right` that are missing or differ in the other."""
    names = {
        path.relative_to(base)
        for base in (left, right)
        for path in base.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    return sorted(
        str(name)
        for name in names
        if not (left / name).is_file()
        or not (right / name).is_file()
        or not filecmp.cmp(left / name, right / name, shallow=False)
    )


def check() -> None:
    """Fail when generated files are stale, or the contracts break lint, format or a client."""
    buf = BIN / "buf"
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        generate(work, work)
        stale = [f"stubs/{name}" for name in differences(STUBS, work / "stubs")]
        if stale:
            sys.exit("stale, run `make protos`: " + ", ".join(stale))
        present = image(work)
        run(buf, "lint", present, "--config", "buf.yaml")
        run(buf, "format", "--diff", "--exit-code", "protos")
        run(buf, "breaking", present, "--against", BASELINE, "--config", "buf.yaml")
    print("contracts: stubs fresh, lint, format and compatibility clean")


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["generate", "check", "baseline"])
    action = parser.parse_args().action
    if action == "check":
        check()
        return
    with tempfile.TemporaryDirectory() as folder:
        if action == "generate":
            generate(ROOT, Path(folder))
        else:
            run(BIN / "buf", "build", image(Path(folder)), "--exclude-source-info", "-o", BASELINE)


if __name__ == "__main__":
    main()
