"""Verify the sample label through REST, as any client would, and print the answer for people."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from pathlib import Path
from typing import Any

import httpx

from scripts.programs import url

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
IMAGE = SAMPLES / "wine-label.png"
APPLICATION = SAMPLES / "wine-label.json"

UNREACHABLE = 4
REFUSED = 5


def verify(base: str) -> dict[str, Any]:
    """The answer of `POST /verify` for the sample label and its application. Exits when there is none.

    A gateway that asks for a token gets that of the variable TTB_TOKEN.
    """
    form = json.loads(APPLICATION.read_text(encoding="utf-8"))
    token = os.environ.get("TTB_TOKEN")
    headers = {"authorization": f"Bearer {token}"} if token else {}
    try:
        with IMAGE.open("rb") as image:
            files = {"file": (IMAGE.name, image)}
            answer = httpx.post(f"{base}/verify", data=form, files=files, headers=headers, timeout=150)
    except httpx.TransportError as error:
        print(f"no answer from {base}: {error}. Start it with `make run` or `make up`.", file=sys.stderr)
        sys.exit(UNREACHABLE)
    if answer.is_error:
        print(f"{answer.status_code} from {base}/verify: {answer.text}", file=sys.stderr)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            print("For a token: export TTB_TOKEN=$(ttb token issue --role verify)", file=sys.stderr)
        sys.exit(REFUSED)
    verification: dict[str, Any] = answer.json()
    return verification


def report(verification: dict[str, Any]) -> str:
    """The verdict, why, what was read, and what was found, in lines of at most 100 characters."""
    seconds = verification["processing_time_ms"] / 1000
    facts = [
        verification["product_type"],
        f"law as of {verification['as_of']}",
        f"{seconds:.1f} s",
        f"request {verification['request_id']}",
    ]
    lines = [f"verdict: {verification['verdict'].upper()}   ({', '.join(facts)})"]
    lines += _wrapped("because ", verification["reasons"])
    lines.append("read from the label:")
    for field in verification["fields"]:
        if field["text"]:
            shown = textwrap.shorten(field["text"], 56, placeholder=" ...")
            lines.append(f"  {field['name']:<18} {field['state']:<8} {field['confidence']:.2f}  {shown}")
        else:
            lines.append(f"  {field['name']:<18} {field['state']}")
    lines.append("findings:" if verification["findings"] else "findings: none")
    for finding in verification["findings"]:
        head = f"  {finding['severity']:<11} {finding['rule_id']} ({finding['citation']})"
        lines += [head, *_wrapped("      ", [finding["message"]])]
    if verification["rules_not_checkable"]:
        lines += _wrapped("not checkable: ", [", ".join(verification["rules_not_checkable"])])
    return "\n".join(lines)


def _wrapped(prefix: str, texts: list[str]) -> list[str]:
    indent = " " * len(prefix)
    return [
        line for text in texts for line in textwrap.wrap(text, 100, initial_indent=prefix, subsequent_indent=indent)
    ]


if __name__ == "__main__":
    print(report(verify(url(os.environ))))
