"""`python -m evals.calibrate`: fit the weights of stated confidence to labels with known truth.

Its report tells how far they can be trusted on labels that they were not fitted to. Labels are read as
`python -m evals --recorded` reads them, once with the true application and once without.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evals import machine
from evals.cells import rate, table
from evals.compare import Match
from evals.logistic import STRENGTH, Example, Weights, fit, fold_of
from evals.manifest import LabelRecord, load_manifest
from evals.recorded import RecordedClient, answer_of
from evals.reliability import Reliability, Stated, reliability
from evals.run import blind_question, true_question
from evals.scoring import field_outcomes, warning_outcomes
from services.validator.fields.model import FieldName
from services.validator.fields.trust import TERMS, Grounds, probability
from services.validator.verification import Verification

WEIGHTS = Path(__file__).resolve().parents[1] / "services/validator/fields/data/trust.toml"
REPORT = Path(__file__).resolve().parent / "results"
FOLDS = 10


def main(arguments: list[str] | None = None) -> int:
    """Fit, write the weights and the report."""
    parser = argparse.ArgumentParser(prog="python -m evals.calibrate", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="folder with manifest.jsonl and its images")
    parser.add_argument("--recorded", type=Path, required=True, help="folder of kept readings")
    parser.add_argument("--ocr", default="127.0.0.1:50051", help="reads what is not recorded yet (%(default)s)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="file to write (%(default)s)")
    parser.add_argument("--results", type=Path, default=REPORT, help="where the report goes")
    options = parser.parse_args(arguments)
    labels = load_manifest(options.labels)
    with RecordedClient(options.recorded, options.ocr) as client:
        examples = tuple(_examples(labels, client))
    weights, day = fit(examples), f"{datetime.now(UTC):%Y-%m-%d}"
    report = options.results / f"{day}-{machine.commit()}-calibration.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(_report(examples, weights, len(labels)), encoding="utf-8")
    options.weights.write_text(_data(weights, examples, len(labels), day), encoding="utf-8")
    print(report)
    return 0


def _examples(labels: Sequence[LabelRecord], client: RecordedClient) -> Iterator[Example]:
    """Every value with known truth; what both passes tell on the same grounds counts once."""
    for label in labels:
        found: dict[Example, None] = {}
        for question in (true_question(label), blind_question(label)):
            found.update(dict.fromkeys(_of_label(label, client.examine(question))))
        yield from found


def _of_label(label: LabelRecord, result: Verification) -> Iterator[Example]:
    grounds = {field.name: field.grounds for field in result.fields if field.value}
    pair = [(label, answer_of(result))]
    right = {
        each.read.name: each.match is Match.RIGHT for each in field_outcomes(pair) if each.match is not Match.ABSENT
    }
    for warning in warning_outcomes(pair):
        right[FieldName.HEALTH_WARNING] = warning.right
    for field, truth in right.items():
        if (known := grounds.get(field)) is not None:
            yield Example(label.id, field, known, truth)


def _cross_validated(examples: Sequence[Example]) -> tuple[float, ...]:
    """Every value's confidence by weights that were fitted without its label."""
    folds = [fold_of(each.label_id, FOLDS) for each in examples]
    weights = [fit([each for each, fold in zip(examples, folds, strict=True) if fold != out]) for out in range(FOLDS)]
    return tuple(probability(each.grounds, weights[fold]) for each, fold in zip(examples, folds, strict=True))


def _raw(grounds: Grounds) -> float:
    """Confidence without a calibration: the engine's for the least sure word, or the choice's when that is less."""
    return min(grounds.confidence, grounds.choice)


def _report(examples: Sequence[Example], weights: Weights, labels: int) -> str:
    wrong = sum(not each.right for each in examples)
    told = (
        f"{len(examples)} values of {labels} labels, {wrong} of them wrong, with the true application and without; "
        "what both passes tell on the same grounds counts once. Brackets hold Wilson's 95 % interval in percent."
    )
    ways = {
        "Before: the engine's certainty": tuple(_raw(each.grounds) for each in examples),
        f"Calibrated, on labels left out ({FOLDS} folds)": _cross_validated(examples),
        "Calibrated, on the labels fitted to": tuple(probability(each.grounds, weights) for each in examples),
    }
    scores = [
        (name, *(_brier(examples, stated, kind) for kind in (None, True, False))) for name, stated in ways.items()
    ]
    parts = (
        f"# Calibration of stated confidence, commit {machine.commit()}",
        told,
        "## Brier scores\n\n" + table(("", "all values", "with a doubt", "without"), scores),
        *(_part(name, reliability(_stated(examples, stated))) for name, stated in ways.items()),
        "## Weights\n\n" + table(("term", "log odds"), [(term.value, f"{weights[term]:+.2f}") for term in TERMS]),
    )
    return "\n\n".join(parts) + "\n"


def _stated(examples: Sequence[Example], stated: Sequence[float]) -> Iterator[Stated]:
    return (Stated(value, each.right) for value, each in zip(stated, examples, strict=True))


def _brier(examples: Sequence[Example], stated: Sequence[float], doubted: bool | None) -> str:
    """The score of all values, or of those with or without a doubt, and how many those are."""
    kept = [
        value
        for value, each in zip(_stated(examples, stated), examples, strict=True)
        if doubted is None or bool(each.grounds.doubts) is doubted
    ]
    of = reliability(kept)
    return f"{of.brier:.4f} ({len(kept)})" if of else "none"


def _part(title: str, of: Reliability | None) -> str:
    if of is None:
        return f"## {title}\n\nNo values."
    rows = [
        (f"{each.low:.2f} to {each.high:.2f}", f"{each.mean:.3f}", rate(each.right), "yes" if each.kept else "no")
        for each in of.bins
    ]
    head = ("stated", "mean stated", "right", "as stated")
    return f"## {title}\n\nMean stated {of.mean:.3f}.\n\n{table(head, rows)}"


def _data(weights: Weights, examples: Sequence[Example], labels: int, day: str) -> str:
    wrong = sum(not each.right for each in examples)
    lines = (
        "# Weights of stated confidence (services/validator/fields/trust.py), in natural logarithms of odds.",
        f"# Written by `python -m evals.calibrate` on {day} from {len(examples)} values of {labels} labels,",
        f"# {wrong} wrong; a logistic regression drawn towards round guesses (L2, strength {STRENGTH:g}), signs fixed.",
        "",
        "[weights]",
        *(f"{term.value} = {weights[term]:.3f}" for term in TERMS),
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
