"""`docs/openapi.yaml` is true: what it allows and forbids is sent to a system that asks for tokens, and each answer has
a status, a content type and a body that it describes. Nothing that is sent is a fault of the system (5xx).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings

from gateway.roles import OPEN_REST, Role
from gateway.upstreams import Rest, Upstream, methods
from services.common.errors import Reason
from tests.common.stack import ROOT, running_stack
from tests.common.tokens import Issuer
from tests.e2e.refusals import reason_of

ROUTES = [method.rest for upstream in Upstream for method in methods(upstream) if method.rest]
UNKNOWN_ID = "0198f3a1-5c1e-7d3a-9f00-4b1a2c3d4e5f"
LABEL = ROOT / "samples" / "wine-label.png"

_settings = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class System:
    """A running system, the headers that an admin sends, and those of somebody who has no role."""

    url: str
    admin: dict[str, str]
    nobody: dict[str, str]


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("guarded")
    issuer = Issuer(folder / "keys")
    status = folder / "status.json"
    # A stream of a model that is there ends at once.
    status.write_text(
        '{"model": "llama3.2-vision", "status": "ready", "progress": {"downloaded_bytes": 1, "total_bytes": 1,'
        ' "percentage": 100.0}, "source": "s3", "started_at": "2026-02-17T20:15:45Z",'
        ' "updated_at": "2026-02-17T20:16:30Z"}'
    )
    tokens = {f"TTB_{name}".upper(): str(value) for name, value in issuer.settings().items()}
    admin = _bearer(issuer.token(Role.ADMIN))
    # More than a thousand requests come from one caller.
    settings = {**tokens, "MODEL_STATUS_FILE": str(status), "TTB_RATE_PER_CLIENT": "100000"}
    with running_stack(folder, settings, headers=admin) as stack:
        yield System(stack.url, admin, _bearer(issuer.token()))


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((ROOT / "docs" / "openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    return found


@pytest.fixture(scope="module")
def api(document: dict[str, Any]) -> Any:
    """The document as schemathesis sees it, without tokens: it sends a good one always, and bad ones have a test."""
    import schemathesis

    operations = {
        path: {verb: {**operation, "security": []} for verb, operation in verbs.items()}
        for path, verbs in document["paths"].items()
    }
    return schemathesis.openapi.from_dict({**document, "paths": operations})


def test_every_route_is_described_and_no_other(document: dict[str, Any]) -> None:
    described = {(verb.upper(), path) for path, verbs in document["paths"].items() for verb in verbs}
    assert described == {(rest.verb, rest.template) for rest in ROUTES}


@pytest.mark.parametrize("rest", ROUTES, ids=str)
def test_answers_are_as_described(system: System, api: Any, rest: Rest) -> None:
    from schemathesis import GenerationMode, checks

    kept = [
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        checks.negative_data_rejection,
    ]
    operation = api[rest.template][rest.verb]
    # Where nothing can be said, nothing can be said wrongly.
    modes = list(GenerationMode) if operation.definition.raw.get("parameters") else [GenerationMode.POSITIVE]
    for mode in modes:

        @given(case=operation.as_strategy(generation_mode=mode))
        @_settings
        def check(case: Any) -> None:
            if rest.template.endswith("/stream") and case.meta.generation.mode is GenerationMode.POSITIVE:
                case.query = {}  # Other models are waited for.
            answer = case.call(base_url=system.url, headers=system.admin, timeout=60)
            case.validate_response(answer, checks=kept)
            assert answer.status_code < 500 or _is_rightly_missing(answer.json()), answer.text

        check()


def _is_rightly_missing(error: dict[str, Any]) -> bool:
    """Any backend may be asked for, also one that is no part of this system."""
    return error["details"][0]["reason"] in (Reason.BACKEND_UNAVAILABLE, Reason.MODEL_NOT_READY)


@pytest.mark.parametrize("rest", [rest for rest in ROUTES if (rest.verb, rest.template) != OPEN_REST], ids=str)
def test_a_call_without_a_right_is_answered_as_described(system: System, api: Any, rest: Rest) -> None:
    path = rest.template.replace("{id}", UNKNOWN_ID)
    for headers, expected in (({}, (401, Reason.TOKEN_REFUSED)), (system.nobody, (403, Reason.NOT_PERMITTED))):
        answer = httpx.request(rest.verb, system.url + path, headers=headers)
        assert (answer.status_code, reason_of(answer)) == expected
        api[rest.template][rest.verb].validate_response(answer)


def test_answers_on_what_is_there_are_as_described(system: System, api: Any) -> None:
    """A verification, its artifact and image, the comparison, and the deletion."""

    def call(verb: str, template: str, **arguments: Any) -> httpx.Response:
        path = template.replace("{id}", identifier)
        answer = client.request(verb, path, **arguments)
        assert answer.status_code == httpx.codes.OK, answer.text
        api[template][verb].validate_response(answer)
        return answer

    identifier = ""
    image = {"content": LABEL.read_bytes(), "headers": {"content-type": "image/png"}}
    with httpx.Client(base_url=system.url, headers=system.admin, timeout=60) as client:
        verified = call("POST", "/verify", params={"save_artifact": "true", "brand_name": "Stone's Throw"}, **image)
        call("POST", "/ocr/compare", params={"brand_name": "Stone's Throw"}, **image)
        assert verified.json()["artifact"]["state"] == "stored"
        identifier = verified.json()["request_id"]
        assert call("GET", "/artifacts").json()["artifacts"]
        call("GET", "/artifacts/{id}")
        assert call("GET", "/artifacts/{id}/image").content == image["content"]
        call("DELETE", "/artifacts/{id}")
        identifier = call("GET", "/rules").json()["rules"][0]["rule_id"]
        call("GET", "/rules/{id}")
