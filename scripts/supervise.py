"""Keeps the local processes running, with supervisord: starts, asks and stops it. Its files are below var/."""

from __future__ import annotations

import configparser
import os
import shutil
import socket
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from scripts.programs import PROGRAMS, Program

# Longest path of a Unix socket on Linux, less the suffix that supervisord adds while it binds.
_SOCKET_PATH_LIMIT = 107 - 12
_STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class State:
    """Where a program is: supervisord's state name (`RUNNING`, `BACKOFF`, `FATAL`, ...) and its words for it."""

    name: str
    state: str
    description: str


class Supervisor:
    """The supervisord whose files are below `var` (made when it is missing)."""

    def __init__(self, root: Path, var: Path) -> None:
        self._root = root
        self._var = var
        self._socket = self._var / "supervisor.sock"
        if len(str(self._socket)) > _SOCKET_PATH_LIMIT:
            sys.exit(f"{self._socket}: too long for a Unix socket; set TTB_VAR_DIR to a shorter folder")

    def log(self, name: str) -> Path:
        """The log of a program, or of `supervisord` itself."""
        return self._var / "log" / f"{name}.log"

    def running(self) -> bool:
        """Whether it answers. A socket that a crashed run left behind does not."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    def start(self, environment: Mapping[str, str], *, with_parent: bool) -> subprocess.Popen[bytes]:
        """Start it and, through it, all programs. `with_parent`: it stops when this process is killed."""
        (self._var / "log").mkdir(parents=True, exist_ok=True)
        config = self._var / "supervisord.conf"
        with config.open("w", encoding="utf-8") as stream:
            self._configuration().write(stream)
        command = [sys.executable, "-m", "supervisor.supervisord", "--nodaemon", "-c", str(config)]
        with self.log("supervisord").open("ab") as log:
            return subprocess.Popen(
                [*(_die_with_parent() if with_parent else ()), *command],
                cwd=self._root,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C reaches only the process that waits; it stops the others in their order.
                start_new_session=True,
            )

    def states(self) -> list[State]:
        """Every program's state, in the order of starting; empty while supervisord does not answer."""
        try:
            found = {each["name"]: each for each in self._call().getAllProcessInfo()}
        except (OSError, xmlrpc.client.Error):
            return []
        return [
            State(program.name, found[program.name]["statename"], found[program.name]["description"])
            for program in PROGRAMS
            if program.name in found
        ]

    def stop(self) -> None:
        """Stop all programs, the last first, then supervisord; returns when it is gone."""
        try:
            pid = int(self._call().getPID())
            self._call().shutdown()
        except (OSError, xmlrpc.client.Error):
            return
        end = time.monotonic() + _STOP_SECONDS * (len(PROGRAMS) + 1)
        while _alive(pid):
            if time.monotonic() > end:
                sys.exit(f"supervisord (process {pid}) does not stop; see {self.log('supervisord')}")
            time.sleep(0.1)

    def _call(self) -> Any:
        transport = SupervisorTransport(None, None, f"unix://{self._socket}")
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor

    def _configuration(self) -> configparser.RawConfigParser:
        config = configparser.RawConfigParser()
        config["supervisord"] = {
            "logfile": _escaped(self.log("supervisord")),
            "logfile_maxbytes": "5MB",
            "logfile_backups": "1",
            "loglevel": "info",
            "silent": "true",
            "pidfile": _escaped(self._var / "supervisord.pid"),
            "directory": _escaped(self._root),
        }
        if os.geteuid() == 0:
            config["supervisord"]["user"] = "root"
        config["unix_http_server"] = {"file": _escaped(self._socket), "chmod": "0700"}
        config["rpcinterface:supervisor"] = {
            "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface"
        }
        config["supervisorctl"] = {"serverurl": f"unix://{_escaped(self._socket)}"}
        for order, program in enumerate(PROGRAMS):
            config[f"program:{program.name}"] = self._program(program, order)
        return config

    def _program(self, program: Program, order: int) -> dict[str, str]:
        command = [*_die_with_parent(), *program.command()]
        return {
            "command": " ".join(f'"{_escaped(word)}"' for word in command),
            "priority": str(order),
            "autorestart": "true",
            "startsecs": "2",
            "startretries": "3",
            "stopsignal": "TERM",
            "stopwaitsecs": str(_STOP_SECONDS),
            "killasgroup": "true",
            "redirect_stderr": "true",
            "stdout_logfile": _escaped(self.log(program.name)),
            "stdout_logfile_maxbytes": "10MB",
            "stdout_logfile_backups": "2",
        }


def _die_with_parent() -> tuple[str, ...]:
    """A prefix (Linux) that ends a process when its parent is killed: a crash leaves nothing on the ports."""
    setpriv = shutil.which("setpriv")
    return (setpriv, "--pdeathsig", "TERM", "--") if setpriv else ()


def _escaped(text: str | Path) -> str:
    return str(text).replace("%", "%%")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A child of ours that has ended stays until it is waited for.
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return True
