"""A real S3 server for tests: Ceph's monitor, object store, manager and RADOS gateway as processes on loopback.

It rejects a wrong secret, and it keeps through `kill -9` what it has answered for; moto's server does neither. Debian's
packages radosgw, ceph-mon, ceph-osd and ceph-mgr have to be there: `make test-slow` installs them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tests.common.moto_server import CREDENTIALS, make_bucket
from tests.common.ports import free_ports, wait_for_port

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ACCESS_KEY = "TESTACCESSKEY"
SECRET_KEY = "test-secret-key"  # noqa: S105 - of a server that lives as long as its test

_CAPABILITIES = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *", "mgr": "allow profile osd"},
    "mgr.a": {"mon": "allow profile mgr", "osd": "allow *"},
    "client.rgw.a": {"mon": "allow rw", "osd": "allow rwx"},
}
# One copy on one sparse file; few placement groups and a short Paxos interval make it ready in 8 s instead of 18.
_CONFIGURATION = """\
[global]
fsid = {fsid}
mon host = {mon}
public addr = 127.0.0.1
keyring = {folder}/keyring
mon data = {folder}/mon
osd data = {folder}/osd
mgr data = {folder}/mgr
run dir = {folder}
crash dir = {folder}
log file = {folder}/$name.log
admin socket =
mon allow pool size one = true
mon data avail warn = 0
mon data avail crit = 0
paxos propose interval = 0.05
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd memory target = 939524096
bluestore block size = 8589934592
"""


class CephError(AssertionError):
    """A part of the cluster is missing, failed or ended."""


class Rgw:
    """A running cluster of one each: monitor, object store, manager, gateway. `url` is where the gateway speaks S3."""

    def __init__(self, folder: Path) -> None:
        missing = [name for name in ("ceph-mon", "ceph-osd", "ceph-mgr", "radosgw") if shutil.which(name) is None]
        if missing:
            raise CephError(f"{', '.join(missing)}: not installed; `make test-slow` does it")
        monitor_port, self._port = free_ports(2)
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder
        self._monitor = f"[v2:127.0.0.1:{monitor_port}/0]"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to use this server: endpoint, keys, region."""
        own = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "S3_ENDPOINT_URL": self.url}
        return {**CREDENTIALS, **own}

    def client(self) -> S3Client:
        """A client for arranging and looking at buckets; it tries once."""
        return boto3.session.Session(ACCESS_KEY, SECRET_KEY, region_name=CREDENTIALS["AWS_DEFAULT_REGION"]).client(
            "s3", endpoint_url=self.url, config=Config(retries={"mode": "standard", "total_max_attempts": 1})
        )

    def make_bucket(self, name: str, *, versioned: bool = False) -> None:
        """A new, empty bucket."""
        make_bucket(self.client(), name, versioned=versioned)

    def create(self) -> None:
        """Make the cluster from nothing and start it; returns when the gateway answers."""
        for name in ("mon", "osd", "mgr"):
            (self._folder / name).mkdir(parents=True)
        fsid, osd = str(uuid.uuid4()), str(uuid.uuid4())
        configuration = _CONFIGURATION.format(fsid=fsid, mon=self._monitor, folder=self._folder)
        (self._folder / "ceph.conf").write_text(configuration, encoding="utf-8")
        keyring, monmap = str(self._folder / "keyring"), str(self._folder / "monmap")
        create: tuple[str, ...] = ("--create-keyring",)
        for name, granted in _CAPABILITIES.items():
            capabilities = [word for subject, may in granted.items() for word in ("--cap", subject, may)]
            self._run("ceph-authtool", keyring, *create, "--gen-key", "-n", name, *capabilities)
            create = ()
        self._run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", self._monitor, monmap)
        self._run("ceph-mon", "-i", "a", "--mkfs", "--monmap", monmap, "--keyring", keyring)
        self._start("mon", "ceph-mon", "-f", "-i", "a")
        self._run("ceph", "--connect-timeout", "60", "osd", "new", osd)
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        self._start_stores()
        self._run(
            *("radosgw-admin", "user", "create", "--uid", "test", "--display-name", "test"),
            *("--access-key", ACCESS_KEY, "--secret-key", SECRET_KEY),
        )
        self.start_rgw()

    def kill_rgw(self) -> None:
        """SIGKILL the gateway; what it has answered for is in the object store."""
        self._kill("rgw")

    def start_rgw(self) -> None:
        """Start the gateway; returns when it answers."""
        frontend = f"--rgw-frontends=beast endpoint=127.0.0.1:{self._port}"
        process = self._start("rgw", "radosgw", "-f", "-n", "client.rgw.a", frontend)
        wait_for_port(self._port, process, self._folder / "rgw.out", seconds=120)

    def pause_rgw(self) -> None:
        """Stop the gateway in its tracks: it still takes connections, and answers nothing."""
        self._processes["rgw"].send_signal(signal.SIGSTOP)

    def resume_rgw(self) -> None:
        """Let the gateway go on."""
        self._processes["rgw"].send_signal(signal.SIGCONT)

    def kill_all(self) -> None:
        """SIGKILL everything at once, as when the machine loses power but for its disk's cache."""
        for process in self._processes.values():
            process.kill()
        for name in list(self._processes):
            self._kill(name)

    def start_all(self) -> None:
        """Start everything that `kill_all` ended; returns when the gateway answers."""
        self._start("mon", "ceph-mon", "-f", "-i", "a")
        # Whoever still believes in the killed object store waits 15 s for it.
        self._run("ceph", "--connect-timeout", "60", "osd", "down", "0")
        self._start_stores()
        self.start_rgw()

    def logs(self) -> str:
        """The end of what each process has said, but for the manager, which complains of its modules."""
        files = [self._folder / f"{name}.out" for name in ("mon", "osd", "rgw")]
        return "\n".join(f"{path.name}:\n{path.read_text(errors='replace')[-2000:]}" for path in files if path.exists())

    def _start_stores(self) -> None:
        self._start("osd", "ceph-osd", "-f", "-i", "0")
        self._start("mgr", "ceph-mgr", "-f", "-i", "a")

    def _start(self, name: str, program: str, *words: str) -> subprocess.Popen[bytes]:
        with (self._folder / f"{name}.out").open("ab") as out:
            process = subprocess.Popen(
                self._command(program, *words), stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=_ENVIRONMENT
            )
        self._processes[name] = process
        return process

    def _kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        process.wait()

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            self._command(program, *words), capture_output=True, text=True, timeout=120, check=False, env=_ENVIRONMENT
        )
        if done.returncode:
            raise CephError(f"{program} ended with {done.returncode}:\n{done.stdout}{done.stderr}")

    def _command(self, program: str, *words: str) -> list[str]:
        return [program, "-c", str(self._folder / "ceph.conf"), *words]


# An operator's CEPH_ARGS or CEPH_CONF would lead to another cluster.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("CEPH_")}


@contextlib.contextmanager
def running_rgw(folder: Path) -> Iterator[Rgw]:
    """A fresh server with all its files in `folder`; ready on entry, gone on exit. The logs go with an error."""
    server = Rgw(folder)
    try:
        server.create()
        yield server
    except Exception as error:
        error.add_note(server.logs())
        raise
    finally:
        server.kill_all()
