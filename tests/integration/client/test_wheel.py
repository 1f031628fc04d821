"""The wheel of the client, built and installed where nothing else is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CLIENT = Path(__file__).resolve().parents[3] / "client"
TOP_LEVEL = {"ttb_client", "ttb", "buf"}
SERVERS_ONLY = ("services", "gateway", "boto3", "structlog", "protovalidate")


def _run(*command: str | Path, cwd: Path) -> str:
    # Neither this checkout nor the user's settings may lend anything to the wheel.
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    arguments = [str(part) for part in command]
    done = subprocess.run(arguments, check=False, cwd=cwd, env=environment, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", out, cwd=CLIENT)
    (built,) = out.glob("*.whl")
    return built


def test_it_holds_client_and_stubs_and_no_service(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == TOP_LEVEL
    for name in (
        "ttb_client/py.typed",
        "ttb/py.typed",
        "ttb/validator/v1/validator_pb2_grpc.pyi",
        "buf/validate/validate_pb2.py",
    ):
        assert name in names
    needed = [line for line in metadata.splitlines() if "Requires-Dist" in line and "extra ==" not in line]
    required = {line.partition(": ")[2].split(">")[0] for line in needed}
    assert required == {"googleapis-common-protos", "grpcio", "protobuf", "rich", "stamina", "typer"}


def test_it_works_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert uv is not None, "run `make setup`"
    environment = tmp_path / "environment"
    _run(uv, "venv", "-q", "--python", sys.executable, environment, cwd=tmp_path)
    python = environment / "bin" / "python"
    _run(uv, "pip", "install", "-q", "--python", python, wheel, cwd=tmp_path)

    assert "verify" in _run(environment / "bin" / "ttb", "--help", cwd=tmp_path)
    answer = _run(
        python,
        "-c",
        "import importlib.util, ttb_client\n"
        "from ttb.artifacts.v1 import artifacts_pb2_grpc\n"
        "with ttb_client.TtbClient(): pass\n"
        f"print([name for name in {SERVERS_ONLY} if importlib.util.find_spec(name)], ttb_client.__file__)",
        cwd=tmp_path,
    )
    assert answer.startswith("[] ")
    assert str(environment) in answer
