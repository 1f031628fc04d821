from __future__ import annotations

import re

import pytest
from google.protobuf import descriptor_pool

from gateway.descriptors import descriptor_set
from gateway.upstreams import Method, Rest, Upstream, methods, service


def _method(upstream: Upstream, name: str) -> Method:
    return next(method for method in methods(upstream) if method.grpc_path.endswith(f"/{name}"))


@pytest.mark.parametrize(
    ("upstream", "name", "rest", "traits"),
    [
        (Upstream.VALIDATOR, "VerifyUpload", Rest("POST", "/verify"), {"verifying"}),
        (Upstream.VALIDATOR, "VerifyLabel", None, {"verifying"}),
        (Upstream.VALIDATOR, "CompareUpload", Rest("POST", "/ocr/compare"), {"verifying"}),
        (Upstream.VALIDATOR, "CheckText", None, {"repeatable"}),
        (Upstream.VALIDATOR, "GetHealth", Rest("GET", "/health"), {"repeatable"}),
        (Upstream.OCR, "ExtractText", None, {"verifying"}),
        (Upstream.OCR, "ReadRegions", None, {"verifying"}),
        (Upstream.OCR, "ListBackends", None, {"repeatable"}),
        (Upstream.ARTIFACTS, "GetArtifactImage", Rest("GET", "/artifacts/{id}/image"), {"repeatable"}),
        (Upstream.ARTIFACTS, "DeleteArtifact", Rest("DELETE", "/artifacts/{id}"), {"repeatable"}),
        (Upstream.MODELSTATUS, "WatchModelStatus", Rest("GET", "/model-status/stream"), {"repeatable", "watching"}),
    ],
)
def test_methods_are_read_from_the_contracts(
    upstream: Upstream, name: str, rest: Rest | None, traits: set[str]
) -> None:
    method = _method(upstream, name)
    assert method.rest == rest
    assert {trait for trait in ("verifying", "repeatable", "watching") if getattr(method, trait)} == traits


@pytest.mark.parametrize(
    ("upstream", "name"),
    [(Upstream.ARTIFACTS, "SaveArtifact"), (Upstream.ARTIFACTS, "GetStorage"), (Upstream.VALIDATOR, "FindQueued")],
)
def test_what_only_services_call_is_not_routed(upstream: Upstream, name: str) -> None:
    assert not [method for method in methods(upstream) if name in method.grpc_path]


@pytest.mark.parametrize(
    ("path", "matches"),
    [("/artifacts/0198f3a1/image", True), ("/artifacts/a/b/image", False), ("/artifacts//image", False)],
)
def test_a_placeholder_is_one_segment(path: str, matches: bool) -> None:
    assert bool(re.fullmatch(Rest("GET", "/artifacts/{id}/image").path_regex(), path)) is matches


def test_the_descriptor_set_stands_alone() -> None:
    pool = descriptor_pool.DescriptorPool()
    for file in descriptor_set(Upstream).file:
        # A pool refuses a file whose imports it does not have yet, as Envoy does.
        pool.Add(file)
    for upstream in Upstream:
        assert pool.FindServiceByName(service(upstream).full_name).methods
    assert pool.FindMessageTypeByName("google.rpc.ErrorInfo")
