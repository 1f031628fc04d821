from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.render import render
from gateway.settings import GatewaySettings
from gateway.transcoder import TRANSCODER
from gateway.upstreams import Upstream

# The gRPC-to-HTTP mapping, and 413: what REST promises, and no others.
PROMISED = {200, 400, 401, 403, 404, 409, 413, 429, 499, 500, 501, 503, 504}


def _manager(folder: Path, **settings: Any) -> Any:
    config = yaml.safe_load(render(GatewaySettings(**settings), folder).config.read_text())
    (listener,) = config["static_resources"]["listeners"]
    return listener["filter_chains"][0]["filters"][0]["typed_config"]


def _routes(folder: Path, **settings: Any) -> dict[str, Any]:
    routes = _manager(folder, **settings)["route_config"]["virtual_hosts"][0]["routes"]
    return {route["name"]: route for route in routes}


def test_envoys_own_answers_have_promised_statuses(tmp_path: Path) -> None:
    mappers = _manager(tmp_path)["local_reply_config"]["mappers"]
    assert {mapper["status_code"] for mapper in mappers if "status_code" in mapper} <= PROMISED


def test_only_verifying_is_slow_and_never_repeated_once_sent(tmp_path: Path) -> None:
    routes = _routes(tmp_path, verify_seconds=99, call_seconds=9)
    verify, rules = routes["POST /verify"]["route"], routes["GET /rules"]["route"]
    assert (verify["timeout"], rules["timeout"]) == ("99s", "9s")
    assert "reset" not in verify["retry_policy"]["retry_on"]
    assert "reset" in rules["retry_policy"]["retry_on"]


def test_images_for_the_ocr_service_are_slow_and_sent_once(tmp_path: Path) -> None:
    route = _routes(tmp_path, verify_seconds=99)["/ttb.ocr.v1.OcrService/ExtractText"]["route"]
    assert (route["cluster"], route["timeout"]) == ("ocr", "99s")
    assert "reset" not in route["retry_policy"]["retry_on"]


def test_a_stream_is_sent_as_events_without_a_time_limit(tmp_path: Path) -> None:
    routes = _routes(tmp_path, upstreams=frozenset({Upstream.VALIDATOR, Upstream.MODELSTATUS}))
    stream = routes["GET /model-status/stream"]
    transcoder = stream["typed_per_filter_config"][TRANSCODER]
    assert stream["route"]["timeout"] == "0s"
    assert transcoder["print_options"]["stream_sse_style_delimited"] is True


def test_watchers_have_a_limit_beside_that_of_calls(tmp_path: Path) -> None:
    config = yaml.safe_load(render(GatewaySettings(max_calls=7, max_streams=70), tmp_path).config.read_text())
    (cluster,) = [each for each in config["static_resources"]["clusters"] if each["name"] == "modelstatus"]
    limits = {each.get("priority"): each["max_requests"] for each in cluster["circuit_breakers"]["thresholds"]}
    assert limits == {None: 7, "HIGH": 70}
    high = {name for name, route in _routes(tmp_path).items() if route.get("route", {}).get("priority") == "HIGH"}
    assert high == {"GET /model-status/stream", "/ttb.modelstatus.v1.ModelStatusService/WatchModelStatus"}


@pytest.mark.parametrize(("upstream", "path"), [(Upstream.ARTIFACTS, "/artifacts"), (Upstream.MODELSTATUS, "/model-")])
def test_services_are_routed_only_when_switched_on(tmp_path: Path, upstream: Upstream, path: str) -> None:
    on = _routes(tmp_path, upstreams=frozenset({Upstream.VALIDATOR, upstream}))
    off = _routes(tmp_path, upstreams=frozenset({Upstream.VALIDATOR}))
    assert [name for name in on if path in name]
    assert not [name for name in off if path in name]
