"""The passes of an evaluation over a running system: one request after the other, with progress, and a way to stop.

Ctrl-C ends the run with what it has: whatever was answered is kept and marked partial.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from evals.answer import Answer, Question, RequestError, Sent
from evals.falsify import Case
from evals.manifest import LabelRecord
from evals.tesseract import plain_seconds

S = TypeVar("S")
T = TypeVar("T")


class Verifier(Protocol):
    """The system under measurement; an error is an outcome too. Called from as many threads as there are clients."""

    def verify(self, question: Question) -> Answer | RequestError:
        """The answer to one question."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run. `compare` sends the true applications, `blind` nothing but images, `cases` the false ones."""

    labels: tuple[LabelRecord, ...]
    compare: bool = True
    blind: bool = True
    cases: tuple[Case, ...] = ()
    clients: int = 1
    with_tesseract: bool = True


@dataclass(frozen=True, slots=True)
class Done:
    """What came back, in the order of the plan; `partial` when it was stopped."""

    compared: tuple[Sent, ...] = ()
    blind: tuple[Sent, ...] = ()
    falsified: tuple[tuple[Case, Answer | RequestError], ...] = ()
    partial: bool = False


def run(plan: Plan, client: Verifier) -> Done:
    """Run the passes one after the other."""
    columns = (
        TextColumn("{task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("gone"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        passes = _Passes(plan, client, progress)
        compared = passes.compared() if plan.compare else ()
        blind = passes.blind() if plan.blind else ()
        falsified = passes.falsified() if plan.cases else ()
        return Done(compared, blind, falsified, passes.stopped)


def true_question(label: LabelRecord) -> Question:
    """The label with its true application, product type and origin."""
    return Question(label.images, label.panels_complete, label.application, label.product_type, label.origin)


def blind_question(label: LabelRecord) -> Question:
    """Nothing known but the images."""
    return Question(label.images, label.panels_complete)


class _Passes:
    """The passes over one system; after Ctrl-C the rest of them ask nothing."""

    def __init__(self, plan: Plan, client: Verifier, progress: Progress) -> None:
        self.stopped = False
        self._plan = plan
        self._client = client
        self._progress = progress

    def compared(self) -> tuple[Sent, ...]:
        """The true application with each label, and the yardstick beside it, so that both see the same machine."""

        def ask(label: LabelRecord) -> Sent:
            outcome = self._client.verify(true_question(label))
            return Sent(label.id, outcome, plain_seconds(label.images) if self._plan.with_tesseract else None)

        return self._all("true applications", ask, self._plan.labels)

    def blind(self) -> tuple[Sent, ...]:
        """Nothing known but the images: no application, no product type, no origin."""

        def ask(label: LabelRecord) -> Sent:
            return Sent(label.id, self._client.verify(blind_question(label)))

        return self._all("no application", ask, self._plan.labels)

    def falsified(self) -> tuple[tuple[Case, Answer | RequestError], ...]:
        """One field of the application is false."""
        labels = {label.id: label for label in self._plan.labels}

        def ask(case: Case) -> tuple[Case, Answer | RequestError]:
            label = labels[case.label_id]
            question = Question(label.images, label.panels_complete, case.application, label.product_type, case.origin)
            return case, self._client.verify(question)

        return self._all("one field false", ask, self._plan.cases)

    def _all(self, name: str, ask: Callable[[S], T], items: Sequence[S]) -> tuple[T, ...]:
        if self.stopped:
            return ()
        task = self._progress.add_task(name, total=len(items))
        answered: dict[int, T] = {}
        pool = ThreadPoolExecutor(self._plan.clients)
        try:
            futures = {pool.submit(ask, item): place for place, item in enumerate(items)}
            for future in as_completed(futures):
                answered[futures[future]] = future.result()
                self._progress.advance(task)
        except KeyboardInterrupt:
            self.stopped = True
            self._progress.console.print("stopped; writing what there is")
        finally:
            pool.shutdown(wait=not self.stopped, cancel_futures=True)
        return tuple(answered[place] for place in sorted(answered))
