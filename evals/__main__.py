"""`python -m evals`: measure the running system over a folder of labels and write the report. `make eval` calls it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic_core import to_json

from evals import machine
from evals.client import EvaluationClient, GatewayDownError
from evals.falsify import DEFAULT_SEED, cases, sample
from evals.manifest import ManifestError, load_manifest
from evals.markdown import markdown
from evals.options import at_least_one
from evals.recorded import RecordedClient
from evals.report import Circumstances, make_report
from evals.run import Plan, run
from evals.tesseract import version as tesseract_version
from services.validator.reader import Backend

RESULTS = Path(__file__).resolve().parent / "results"

USAGE = 2
UNREACHABLE = 4
STOPPED = 130


def main(arguments: list[str] | None = None) -> int:
    """Run the passes asked for; returns the exit code."""
    options = _options(arguments)
    try:
        labels = load_manifest(options.labels)
    except ManifestError as error:
        print(error, file=sys.stderr)
        return USAGE
    labels = labels[: options.limit]
    every = cases(labels, options.seed)
    wanted = len(every) if options.falsify == "all" else int(options.falsify)
    plan = Plan(
        labels,
        compare=not options.no_application,
        cases=() if options.no_application else sample(every, wanted, options.seed),
        clients=options.clients,
        with_tesseract=tesseract_version() is not None,
    )
    load_before, begun, started = os.getloadavg()[0], time.monotonic(), datetime.now(UTC)
    commit, modified = machine.commit(), machine.modified()
    try:
        if options.recorded:
            with RecordedClient(options.recorded, options.ocr) as recorded:
                done = run(plan, recorded)
        else:
            with EvaluationClient(options.url, backend=options.backend) as client:
                client.check()
                done = run(plan, client)
    except GatewayDownError as error:
        print(error, file=sys.stderr)
        return UNREACHABLE
    circumstances = Circumstances(
        date=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        commit=commit,
        modified=modified,
        url=options.url,
        machine=machine.machine(),
        load_before=load_before,
        load_after=os.getloadavg()[0],
        clients=options.clients,
        backend=options.backend,
        tesseract=tesseract_version(),
        minutes=(time.monotonic() - begun) / 60,
        seed=options.seed,
        all_cases=len(every),
    )
    report = make_report(labels, done, circumstances)
    name = f"{started:%Y-%m-%d}-{circumstances.commit}"
    name += "-recorded" if options.recorded else ""
    name += "" if options.backend == "auto" else f"-{options.backend}"
    name += "" if options.limit is None else f"-first-{options.limit}"
    name += ("-no-application" if options.no_application else "") + ("-partial" if report.partial else "")
    options.results.mkdir(parents=True, exist_ok=True)
    target = options.results / f"{name}.md"
    target.write_text(markdown(report, {label.id: label for label in labels}), encoding="utf-8")
    target.with_suffix(".json").write_bytes(to_json(report, indent=1) + b"\n")
    print(target)
    return STOPPED if report.partial else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evals", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with manifest.jsonl and its images")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the running gateway (%(default)s)")
    parser.add_argument("--clients", type=at_least_one, default=1, help="requests at a time (%(default)s)")
    parser.add_argument(
        "--backend", choices=tuple(Backend), default=Backend.AUTO, type=Backend, help="who reads (%(default)s)"
    )
    parser.add_argument("--limit", type=at_least_one, metavar="N", help="only the first labels")
    parser.add_argument("--no-application", action="store_true", help="only read: nothing known but the images")
    parser.add_argument(
        "--falsify", type=_count, default="150", metavar="N", help="false applications: a number or all (%(default)s)"
    )
    parser.add_argument(
        "--recorded",
        type=Path,
        metavar="FOLDER",
        help="verify in this process over readings kept here, so that a change of fields or rules is measured quickly",
    )
    parser.add_argument(
        "--ocr", default="127.0.0.1:50051", help="gRPC target that reads what is not recorded yet (%(default)s)"
    )
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="of the false applications (%(default)s)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the report goes")
    return parser.parse_args(arguments)


def _count(text: str) -> str:
    if text != "all" and not text.isdecimal():
        raise argparse.ArgumentTypeError("a number or `all`")
    return text


if __name__ == "__main__":
    sys.exit(main())
