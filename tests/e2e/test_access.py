"""A guarded system from end to end: `ttb` with a token, what is told without one, and who deleted an artifact."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from gateway.roles import Role
from tests.common.stack import Stack, running_stack
from tests.common.tokens import AUDIENCE, ISSUER, Issuer

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "samples" / "wine-label.png"


@dataclass(frozen=True)
class Guarded:
    stack: Stack
    issuer: Issuer

    def ttb(self, *arguments: str, token: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ttb_client", *arguments, "--url", self.stack.url]
        environment = {**os.environ, "TTB_TOKEN": token}
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=environment)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    issuer = Issuer(tmp_path_factory.mktemp("keys"))
    settings = {
        "TTB_AUTH": "jwt",
        "TTB_JWT_ISSUER": ISSUER,
        "TTB_JWT_AUDIENCES": AUDIENCE,
        "TTB_JWKS_FILE": str(issuer.keys.public_keys),
    }
    with running_stack(tmp_path_factory.mktemp("guarded"), settings) as stack:
        yield Guarded(stack, issuer)


def test_a_label_is_verified_with_a_token_and_only_with_one(guarded: Guarded) -> None:
    refused = guarded.ttb("verify", str(SAMPLE))
    assert (refused.returncode, refused.stdout) == (5, "")
    assert "token" in refused.stderr

    passed = guarded.ttb("verify", str(SAMPLE), token=guarded.issuer.token(Role.VERIFY))
    assert passed.returncode == 0
    assert " PASSED " in passed.stdout


def test_make_run_verifies_its_sample_with_the_token_of_the_environment(guarded: Guarded) -> None:
    command = [sys.executable, "-m", "scripts.verify_sample"]
    environment = {**guarded.stack.environment, "TTB_TOKEN": guarded.issuer.token(Role.VERIFY)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120, env=environment, cwd=ROOT)
    assert done.stdout.startswith("verdict: PASSED")

    environment["TTB_TOKEN"] = ""
    refused = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=120, env=environment, cwd=ROOT
    )
    assert refused.returncode == 5
    assert "ttb token issue" in refused.stderr


def test_health_is_shallow_without_a_token(guarded: Guarded) -> None:
    shallow = httpx.get(f"{guarded.stack.url}/health").json()
    assert (shallow["status"], shallow["backends"], shallow["version"]) == ("healthy", [], "")
    assert "artifacts" not in shallow

    full = json.loads(guarded.ttb("health", "--json", token=guarded.issuer.token(Role.AUDIT)).stdout)
    assert full["backends"]
    assert full["artifacts"]["enabled"]


def test_a_deletion_names_whoever_asked_for_it(guarded: Guarded) -> None:
    verify, audit, admin = (guarded.issuer.token(role, subject=role.value) for role in Role)
    kept = guarded.ttb("verify", str(SAMPLE), "--save-artifact", "--json", token=verify)
    identifier = json.loads(kept.stdout)["artifact"]["id"]

    assert guarded.ttb("artifacts", "get", identifier, token=verify).returncode == 5
    assert guarded.ttb("artifacts", "delete", identifier, "--reason", "test", "--yes", token=audit).returncode == 5
    assert guarded.ttb("artifacts", "delete", identifier, "--reason", "test", "--yes", token=admin).returncode == 0

    (tombstone,) = Path(guarded.stack.environment["ARTIFACT_DIRECTORY"]).rglob(f"{identifier}.json")
    assert json.loads(tombstone.read_text())["who"] == "admin (client address 127.0.0.1)"
