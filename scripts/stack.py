"""Run the whole system on this machine: `run` (stays in front), `up`, `down`, `status`, `logs`."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import httpx

from scripts.programs import PROGRAMS, local_environment, taken_ports, url
from scripts.supervise import State, Supervisor
from scripts.verify_sample import report, verify

ROOT = Path(__file__).resolve().parent.parent
# Models are loaded at start; a cold disk makes that slow.
START_SECONDS = 180
TAIL_LINES = 30


class Stopped(Exception):  # noqa: N818 - not an error
    """Someone asked this command to stop."""


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Turn SIGINT, SIGTERM and SIGHUP into `Stopped`; a second one, while stopping, is ignored."""

    def stop(number: int, _frame: object) -> NoReturn:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(signal.Signals(number).name)

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)
    yield


def start(supervisor: Supervisor, *, with_parent: bool) -> subprocess.Popen[bytes]:
    """Start everything; returns when the gateway says that labels can be verified. Exits when that fails."""
    if supervisor.running():
        sys.exit("it is running already: `make status` shows it, `make down` stops it")
    problems = list(taken_ports(os.environ))
    if problems:
        sys.exit("\n".join(problems))
    environment = local_environment(os.environ)
    process = supervisor.start(environment, with_parent=with_parent)
    try:
        wait_until_healthy(supervisor, process, url(environment))
    except BaseException:
        stop(supervisor, process)
        raise
    return process


def stop(supervisor: Supervisor, process: subprocess.Popen[bytes]) -> None:
    """Stop everything, also when supervisord has only just begun."""
    supervisor.stop()
    process.terminate()
    process.wait()


def wait_until_healthy(supervisor: Supervisor, process: subprocess.Popen[bytes], base: str) -> None:
    """Return when `GET /health` answers 200; say meanwhile what is waited for. Exits with the log's end on failure."""
    began = time.monotonic()
    said = ""
    while True:
        if process.poll() is not None:
            give_up(supervisor, "supervisord", "supervisord ended")
        states = supervisor.states()
        for state in states:
            if state.state == "FATAL":
                give_up(supervisor, state.name, f"{state.name} does not start")
        waiting = [state.name for state in states if state.state != "RUNNING"]
        health = _health(base) if states and not waiting else None
        if health is not None:
            print(f"healthy after {time.monotonic() - began:.1f} s: {base}")
            for backend in health["backends"]:
                if backend["expected"] and not backend["available"]:
                    print(f"  degraded: {backend['name']} is missing: {backend['reason']}")
            return
        saying = _waiting_for(states, waiting)
        if saying != said:
            print(saying, flush=True)
            said = saying
        if time.monotonic() - began > START_SECONDS:
            give_up(supervisor, (waiting or ["validator"])[0], f"not healthy after {START_SECONDS} s")
        time.sleep(0.2)


def _waiting_for(states: list[State], waiting: list[str]) -> str:
    if not states:
        return "starting ..."
    return f"waiting for {', '.join(waiting)} ..." if waiting else "waiting until labels can be verified ..."


def _health(base: str) -> dict[str, list[dict[str, object]]] | None:
    try:
        answer = httpx.get(f"{base}/health", timeout=5)
    except httpx.TransportError:
        return None
    return answer.json() if answer.status_code == httpx.codes.OK else None


def give_up(supervisor: Supervisor, name: str, why: str) -> NoReturn:
    """Exit with the reason and the end of a program's log."""
    log = supervisor.log(name)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    tail = "\n".join(f"  {line}" for line in lines[-TAIL_LINES:])
    sys.exit(f"{why}. The end of {log}:\n{tail}")


def run(supervisor: Supervisor) -> None:
    """Start, verify the sample, and stay until Ctrl-C."""
    with stop_signals():
        process: subprocess.Popen[bytes] | None = None
        try:
            process = start(supervisor, with_parent=True)
            base = url(os.environ)
            print("verifying samples/wine-label.png ...", flush=True)
            print(report(verify(base)))
            print(f"\nREST, gRPC and gRPC-Web: {base}   logs: {supervisor.log('*')}   stop with Ctrl-C", flush=True)
            process.wait()
            give_up(supervisor, "supervisord", "supervisord ended")
        except Stopped:
            print("\nstopping ...", flush=True)
        finally:
            if process is not None:
                stop(supervisor, process)


def up(supervisor: Supervisor) -> None:
    """Start in the background."""
    with stop_signals():
        try:
            start(supervisor, with_parent=False)
        except Stopped as stopped:
            sys.exit(f"stopped by {stopped}")
    print("stop with `make down`")


def down(supervisor: Supervisor) -> None:
    """Stop what `up` or `run` started."""
    if not supervisor.running():
        print("it is not running")
        return
    supervisor.stop()
    print("stopped")


def status(supervisor: Supervisor) -> None:
    """Say where each program is; exit 1 when one is not running."""
    states = supervisor.states()
    if not states:
        sys.exit("it is not running: `make run` or `make up` starts it")
    for state in states:
        print(f"{state.name:<10} {state.state:<10} {state.description}")
    if any(state.state != "RUNNING" for state in states):
        sys.exit(1)


def logs(supervisor: Supervisor) -> None:
    """Follow all logs."""
    files = [str(path) for path in (supervisor.log(program.name) for program in PROGRAMS) if path.exists()]
    if not files:
        sys.exit("there are no logs yet")
    os.execvp("tail", ["tail", "-n", "20", "-F", *files])  # noqa: S606, S607


COMMANDS: dict[str, Callable[[Supervisor], None]] = {
    "run": run,
    "up": up,
    "down": down,
    "status": status,
    "logs": logs,
}


def main() -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m scripts.stack", description=__doc__)
    parser.add_argument("command", choices=list(COMMANDS))
    var = (ROOT / os.environ.get("TTB_VAR_DIR", "var")).resolve()
    COMMANDS[parser.parse_args().command](Supervisor(ROOT, var))


if __name__ == "__main__":
    main()
