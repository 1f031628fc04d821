"""What an error over REST says."""

from __future__ import annotations

import httpx


def reason_of(answer: httpx.Response) -> str:
    body = answer.json()
    assert set(body) == {"code", "message", "details"}
    infos = [detail for detail in body["details"] if detail["@type"].endswith("google.rpc.ErrorInfo")]
    assert [info["domain"] for info in infos] == ["ttb"]
    return str(infos[0]["reason"])


def fields_of(answer: httpx.Response) -> list[str]:
    return [
        violation["field"]
        for detail in answer.json()["details"]
        if detail["@type"].endswith("google.rpc.BadRequest")
        for violation in detail["field_violations"]
    ]
