"""The processes of a local run: what each is called, how it is started, on which ports, and how they find each other.

Shared by `make run` and by the tests that start the whole system.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.ports import require_free
from services.common.settings import METRICS_PORT_OFFSET

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Port:
    """A port that a program listens on. `offset` is added to the variable's value."""

    variable: str
    default: int
    purpose: str
    offset: int = 0

    def number(self, environment: Mapping[str, str]) -> int:
        """The port in this environment. Exits with the variable's name when it is no port."""
        text = environment.get(self.variable) or str(self.default)
        if not text.isdecimal() or not 0 < int(text) + self.offset <= 65535:
            sys.exit(f"{self.variable}={text} is not a port")
        return int(text) + self.offset


@dataclass(frozen=True, slots=True)
class Program:
    """One process: `python -m MODULE`, and the ports that must be free for it."""

    name: str
    module: str
    ports: tuple[Port, ...]

    def command(self) -> list[str]:
        """Its command line, with this interpreter."""
        return [sys.executable, "-m", self.module]


def _service(name: str, variable: str, default: int) -> Program:
    ports = (
        Port(variable, default, f"the {name} service"),
        Port(variable, default, f"the {name} service's metrics", METRICS_PORT_OFFSET),
    )
    return Program(name, f"services.{name}", ports)


# In the order of starting; they stop in the opposite one.
PROGRAMS = (
    _service("ocr", "OCR_PORT", 50051),
    _service("artifacts", "ARTIFACT_PORT", 50053),
    _service("modelstatus", "MODEL_STATUS_PORT", 50054),
    _service("validator", "VALIDATOR_PORT", 50052),
    Program(
        "gateway",
        "gateway",
        (Port("TTB_PORT", 8000, "the gateway"), Port("TTB_ADMIN_PORT", 9901, "Envoy's admin pages")),
    ),
)


def port_of(name: str, environment: Mapping[str, str]) -> int:
    """The first port of a program: the one that it serves on."""
    return next(program for program in PROGRAMS if program.name == name).ports[0].number(environment)


def local_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The environment of every program: as given, and what follows from the ports and the folder in it."""
    ocr, artifacts, modelstatus, validator = (
        f"{HOST}:{port_of(name, given)}" for name in ("ocr", "artifacts", "modelstatus", "validator")
    )
    var = Path(given.get("TTB_VAR_DIR") or "var")
    return {
        "OCR_MODELSTATUS_TARGET": modelstatus,
        "VALIDATOR_OCR_TARGET": ocr,
        "VALIDATOR_ARTIFACTS_TARGET": artifacts,
        "VALIDATOR_SPOOL_DIRECTORY": str(var / "spool"),
        "ARTIFACT_VALIDATOR_TARGET": validator,
        "ARTIFACT_DIRECTORY": str(var / "artifacts"),
        "TTB_VALIDATOR_ENDPOINTS": validator,
        "TTB_OCR_ENDPOINTS": ocr,
        "TTB_ARTIFACTS_ENDPOINTS": artifacts,
        "TTB_MODELSTATUS_ENDPOINTS": modelstatus,
        "MODEL_STATUS_FILE": str(var / "model-status.json"),
        # The gateway stops first, so nobody has to be told before the others stop.
        "TTB_DRAIN_SECONDS": "0",
        **given,
    }


def url(environment: Mapping[str, str]) -> str:
    """Where REST is served."""
    return f"http://{HOST}:{port_of('gateway', environment)}"


def taken_ports(environment: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the ports: one message for each that is taken, naming its variable."""
    for program in PROGRAMS:
        for port in program.ports:
            try:
                require_free(HOST, port.number(environment), port.variable, port.purpose)
            except OSError as error:
                yield error.args[0]
