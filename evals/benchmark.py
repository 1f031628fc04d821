"""`python -m evals.benchmark`: how fast the running system is for one client and several, and what memory it takes.

Every label is verified with its true application through the gateway, at each number of clients, several times over;
medians of the runs are told, because one run on a shared machine tells little. `make benchmark` calls it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic_core import to_json

from evals import machine
from evals.answer import Answer, Sent
from evals.cells import seconds, table
from evals.client import EvaluationClient, GatewayDownError
from evals.manifest import LabelRecord, ManifestError, load_manifest
from evals.memory import PeakMemory, supervisor_of
from evals.options import at_least_one
from evals.rates import Times
from evals.run import Plan, run
from evals.tesseract import version as tesseract_version

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "evals" / "results"

USAGE = 2
UNREACHABLE = 4
STOPPED = 130

_METHOD = """\
Times are what the caller waited, those of stages what the services told. *Ratio* is the median of the labels' own
ratios to one plain `tesseract` command over the same images, run right after the label's request; it is only measured
with one client, where nothing else runs. Memory is the proportional set size of all services, workers, gateway and
supervisor together, the most that was seen at a time. Each number is the median of its runs, the range in brackets."""


@dataclass(frozen=True, slots=True)
class Round:
    """One run over all labels: `ratio` to a plain tesseract and `memory_bytes` where they were measured."""

    clients: int
    times: Times
    stages: tuple[tuple[str, float], ...]
    per_minute: float
    ratio: float | None
    memory_bytes: int | None


@dataclass(frozen=True, slots=True)
class BenchmarkReport:
    """All runs, and what their numbers depend on."""

    date: str
    commit: str
    modified: bool
    machine: str
    load_before: float
    load_after: float
    tesseract: str | None
    labels: int
    rounds: tuple[Round, ...]
    failures: int
    partial: bool


def round_of(clients: int, sent: Sequence[Sent], elapsed: float, memory_bytes: int | None) -> Round | None:
    """The numbers of one run that took `elapsed` seconds; None when nothing was answered."""
    pairs = [(each.outcome, each.tesseract_seconds) for each in sent if isinstance(each.outcome, Answer)]
    times = Times.of([answer.seconds for answer, _ in pairs])
    if times is None:
        return None
    names = dict.fromkeys(name for answer, _ in pairs for name, _ in answer.stages)
    ratios = [answer.seconds / plain for answer, plain in pairs if plain]
    return Round(
        clients,
        times,
        tuple((name, statistics.fmean(dict(answer.stages).get(name, 0.0) for answer, _ in pairs)) for name in names),
        60 * len(pairs) / elapsed,
        statistics.median(ratios) if ratios else None,
        memory_bytes,
    )


def markdown(report: BenchmarkReport) -> str:
    """The page for people."""
    changed = " with changes on top" if report.modified else ""
    partial = "\n\n**Partial: it was stopped before its end.**" if report.partial else ""
    failures = f"\n\n**{report.failures} requests got no answer.**" if report.failures else ""
    return f"""\
# Benchmark of {report.date[:10]}, commit {report.commit}{changed}{partial}{failures}

{report.labels} applications a run, on {report.machine}; load {report.load_before:.1f} before and \
{report.load_after:.1f} after. {report.tesseract or "No plain tesseract."}

{table(("clients", "runs", "median", "p95", "mean", "labels a minute", "ratio", "peak memory"), _rows(report))}

Mean of each stage:

{table(("clients", *_stages(report)), _stage_rows(report))}

{_METHOD}
"""


def _by_clients(report: BenchmarkReport) -> Iterator[tuple[int, list[Round]]]:
    for clients in dict.fromkeys(each.clients for each in report.rounds):
        yield clients, [each for each in report.rounds if each.clients == clients]


def _rows(report: BenchmarkReport) -> Iterator[tuple[str, ...]]:
    for clients, rounds in _by_clients(report):
        yield (
            str(clients),
            str(len(rounds)),
            _middle([each.times.median for each in rounds], seconds),
            _middle([each.times.p95 for each in rounds], seconds),
            _middle([each.times.mean for each in rounds], seconds),
            _middle([each.per_minute for each in rounds], "{:.0f}".format),
            _middle([each.ratio for each in rounds], "{:.2f}".format),
            _middle([each.memory_bytes and each.memory_bytes / 1e9 for each in rounds], "{:.2f} GB".format),
        )


def _stages(report: BenchmarkReport) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in report.rounds for name, _ in each.stages))


def _stage_rows(report: BenchmarkReport) -> Iterator[tuple[str, ...]]:
    for clients, rounds in _by_clients(report):
        means = (_middle([dict(each.stages).get(name, 0.0) for each in rounds], seconds) for name in _stages(report))
        yield (str(clients), *means)


def _middle(values: Sequence[float | None], shown: Callable[[float], str]) -> str:
    known = sorted(value for value in values if value is not None)
    if not known:
        return ""
    spread = f" ({shown(known[0])} to {shown(known[-1])})" if len(known) > 1 else ""
    return shown(statistics.median(known)) + spread


@dataclass(frozen=True, slots=True)
class Benchmark:
    """`runs` runs over the labels at each number of `clients`, interleaved, so that all see the same machine."""

    labels: tuple[LabelRecord, ...]
    clients: tuple[int, ...]
    runs: int
    supervisor: int | None

    def rounds(self, client: EvaluationClient) -> Iterator[tuple[Round | None, int, bool]]:
        """Each run's numbers, how many requests failed, and whether it was stopped; the first warms up, untold."""
        run(Plan(self.labels[: max(self.clients)], blind=False, with_tesseract=False), client)
        for _ in range(self.runs):
            for clients in self.clients:
                beside = clients == 1 and tesseract_version() is not None
                plan = Plan(self.labels, blind=False, clients=clients, with_tesseract=beside)
                with PeakMemory(self.supervisor) if self.supervisor else nullcontext() as memory:
                    begun = time.perf_counter()
                    done = run(plan, client)
                    elapsed = time.perf_counter() - begun - sum(sent.tesseract_seconds or 0 for sent in done.compared)
                failed = sum(not isinstance(sent.outcome, Answer) for sent in done.compared)
                yield round_of(clients, done.compared, elapsed, memory.bytes if memory else None), failed, done.partial
                if done.partial:
                    return


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and write the report; returns the exit code."""
    options = _options(arguments)
    try:
        labels = load_manifest(options.labels)[: options.limit]
    except ManifestError as error:
        print(error, file=sys.stderr)
        return USAGE
    supervisor = supervisor_of((ROOT / os.environ.get("TTB_VAR_DIR", "var")).resolve() / "supervisord.conf")
    if supervisor is None:
        print("The system does not run from this folder (make up): memory is not measured.", file=sys.stderr)
    started, load_before, commit, modified = datetime.now(UTC), os.getloadavg()[0], machine.commit(), machine.modified()
    benchmark = Benchmark(labels, tuple(options.clients), options.runs, supervisor)
    try:
        with EvaluationClient(options.url) as client:
            client.check()
            done = list(benchmark.rounds(client))
    except GatewayDownError as error:
        print(error, file=sys.stderr)
        return UNREACHABLE
    partial = any(stopped for _, _, stopped in done)
    report = BenchmarkReport(
        started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        commit,
        modified,
        machine.machine(),
        load_before,
        os.getloadavg()[0],
        tesseract_version(),
        len(labels),
        tuple(each for each, _, _ in done if each is not None),
        sum(failed for _, failed, _ in done),
        partial,
    )
    options.results.mkdir(parents=True, exist_ok=True)
    target = options.results / f"{started:%Y-%m-%d}-{commit}-benchmark.md"
    target.write_text(markdown(report), encoding="utf-8")
    target.with_suffix(".json").write_bytes(to_json(report, indent=1) + b"\n")
    print(target)
    return STOPPED if partial else 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m evals.benchmark",
        description="Measure latency, stages, throughput and memory of the running system (make up), on an otherwise "
        "idle machine. Three runs at 1, 2 and 4 clients take about a quarter of an hour on two cores.",
    )
    parser.add_argument("--labels", type=Path, required=True, help="folder with manifest.jsonl and its images")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="the running gateway (%(default)s)")
    parser.add_argument(
        "--clients",
        type=at_least_one,
        nargs="+",
        default=[1, 2, 4],
        metavar="N",
        help="requests at a time, one or several numbers (default: 1 2 4)",
    )
    parser.add_argument("--runs", type=at_least_one, default=3, metavar="N", help="over all labels (%(default)s)")
    parser.add_argument("--limit", type=at_least_one, metavar="N", help="only the first labels")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the report goes (%(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
