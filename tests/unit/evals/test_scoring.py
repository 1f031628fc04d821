"""What the evaluation counts as right, and how it counts."""

from __future__ import annotations

import pytest

from evals.answer import Answer, FieldRead
from evals.compare import Match, match_field
from evals.manifest import LabelRecord, PrintedWarning
from evals.rates import Rate, Times
from evals.scoring import (
    JudgedWarning,
    Standing,
    field_outcomes,
    field_scores,
    judge_warning,
    reason_counts,
    standing,
    subject_of,
    verdict_outcomes,
    warning_outcomes,
)
from services.validator.decision import Verdict
from services.validator.fields.model import FieldName, FieldState
from services.validator.rules.model import Severity
from tests.unit.evals.labels import answer, label, read


@pytest.mark.parametrize(
    ("field", "truth", "value", "match"),
    [
        ("brand_name", "Stone's Throw", "STONES THROW", Match.RIGHT),
        ("brand_name", "Golden Hill", "GOLDENHILL", Match.RIGHT),
        ("brand_name", "Elm Cellars", "ELM", Match.RIGHT),
        ("brand_name", "Elm Cellars", "OAK CELLARS", Match.WRONG),
        ("brand_name", "The Winery", "The Cellars", Match.WRONG),
        ("brand_name", "Vale of Elms", "ELMS", Match.PARTIAL),
        ("class_type", "Straight Bourbon Whiskey", "STRAIGHT BOURBON WHISKY", Match.RIGHT),
        ("class_type", "Red Wine", "Red Table Wine", Match.WRONG),
        ("class_type", "Rosé Wine", "Rose Wine 2020", Match.PARTIAL),
        ("fanciful_name", "Rum", "Drum", Match.WRONG),
        ("alcohol_content", "14", "14.0", Match.RIGHT),
        ("alcohol_content", "14", "14.1", Match.WRONG),
        ("alcohol_content", "14", "11-14", Match.PARTIAL),
        ("vintage", "2021", "2012", Match.WRONG),
        ("net_contents", "1L", "1000 mL", Match.RIGHT),
        ("net_contents", "1 PINT", "16 FL OZ", Match.RIGHT),
        ("net_contents", "750 mL", "700 mL", Match.WRONG),
        ("net_contents", "750 mL", "750 mL or 375 mL", Match.PARTIAL),
        ("country_of_origin", "United States of America", "United States", Match.RIGHT),
        ("country_of_origin", "Italy", "Spain", Match.WRONG),
        ("name_and_address", "Bottled by Elm Cellars, Salem, OR 97301", "ELM CELLARS SALEM, Oregon", Match.RIGHT),
        ("name_and_address", "Imported by: Elm Imports, New York, N.Y.", "Elm Imports New York, New York", Match.RIGHT),
        ("name_and_address", "Bottled by Elm Cellars, Salem, Oregon", "Salem, Oregon", Match.PARTIAL),
        ("name_and_address", "Bottled by Elm Cellars, Salem, Oregon", "Oak Hill, Reno, Nevada", Match.WRONG),
    ],
)
def test_what_counts_as_the_same(field: str, truth: str, value: str, match: Match) -> None:
    assert match_field(truth, read(FieldName(field), value)) is match


@pytest.mark.parametrize("state", [FieldState.NOT_ON_IMAGES, FieldState.UNREADABLE])
def test_a_field_that_was_not_read_is_absent(state: FieldState) -> None:
    assert match_field("Elm", FieldRead(FieldName.BRAND_NAME, "", "smudge", state)) is Match.ABSENT
    assert match_field("Elm", FieldRead(FieldName.BRAND_NAME, "", "?", FieldState.UNSURE)) is Match.ABSENT


def test_recall_precision_and_the_worth_of_a_state() -> None:
    brand, unsure = FieldName.BRAND_NAME, FieldState.UNSURE
    answers = [read(brand, "Elm Cellars"), read(brand, "Oak"), read(brand, "Elm Cellars", unsure), FieldRead(brand)]
    outcomes = field_outcomes([(label(), answer(Verdict.PASSED, field)) for field in answers])
    score = next(each for each in field_scores(outcomes) if each.field is brand)
    assert (score.right, score.partial, score.wrong, score.absent) == (2, 0, 1, 1)
    assert (score.recall, score.precision) == (Rate(2, 4), Rate(2, 3))
    assert (score.right_when_read, score.right_when_unsure) == (Rate(1, 2), Rate(1, 1))


def test_what_the_manifest_does_not_know_is_not_counted() -> None:
    outcomes = field_outcomes([(label(vintage=None), answer(Verdict.PASSED, read(FieldName.VINTAGE, "2019")))])
    assert FieldName.VINTAGE not in {each.read.name for each in outcomes}
    assert warning_outcomes([(label(government_warning=None), answer())]) == ()


WARNING = FieldName.HEALTH_WARNING
VIOLATION, REVIEW, INFORMATION = Severity.VIOLATION, Severity.REVIEW, Severity.INFORMATION


@pytest.mark.parametrize(
    ("given", "judged"),
    [
        pytest.param(answer(), JudgedWarning.CORRECT, id="nothing against it"),
        pytest.param(
            answer(rules={"health-warning.punctuation": REVIEW}), JudgedWarning.CORRECT, id="only punctuation"
        ),
        pytest.param(answer(rules={"health-warning.wording": VIOLATION}), JudgedWarning.DEFECTIVE, id="another word"),
        pytest.param(
            answer(rules={"health-warning.heading-capitals": VIOLATION}), JudgedWarning.DEFECTIVE, id="small letters"
        ),
        pytest.param(answer(rules={"health-warning.wording": REVIEW}), JudgedWarning.UNSURE, id="perhaps another word"),
        pytest.param(answer(rules={"health-warning.present": VIOLATION}), JudgedWarning.ABSENT, id="absent"),
        pytest.param(
            Answer(Verdict.NEEDS_REVIEW, fields=(FieldRead(WARNING),)), JudgedWarning.NOT_FOUND, id="not found"
        ),
        pytest.param(
            Answer(Verdict.NEEDS_REVIEW, fields=(read(WARNING, "GOVERN", FieldState.UNSURE),)),
            JudgedWarning.UNSURE,
            id="not surely read",
        ),
        pytest.param(
            Answer(Verdict.PASSED, fields=(read(WARNING, "G"),), not_checkable=("health-warning.wording",)),
            JudgedWarning.UNSURE,
            id="wording not checked",
        ),
    ],
)
def test_what_an_answer_says_of_the_warning(given: Answer, judged: JudgedWarning) -> None:
    assert judge_warning(given) is judged


@pytest.mark.parametrize(
    ("printed", "judged_right"),
    [
        (PrintedWarning.CORRECT, {JudgedWarning.CORRECT}),
        (PrintedWarning.DEFECTIVE, {JudgedWarning.DEFECTIVE}),
        (PrintedWarning.ABSENT_ON_IMAGE, {JudgedWarning.ABSENT, JudgedWarning.NOT_FOUND}),
    ],
)
def test_which_word_on_the_warning_is_right(printed: PrintedWarning, judged_right: set[JudgedWarning]) -> None:
    saying = {
        JudgedWarning.CORRECT: answer(),
        JudgedWarning.DEFECTIVE: answer(rules={"health-warning.numbering": VIOLATION}),
        JudgedWarning.ABSENT: answer(rules={"health-warning.present": VIOLATION}),
        JudgedWarning.NOT_FOUND: Answer(Verdict.NEEDS_REVIEW),
        JudgedWarning.UNSURE: answer(rules={"health-warning.wording": REVIEW}),
    }
    pairs = [(label(government_warning=printed), given) for given in saying.values()]
    assert {each.judged for each in warning_outcomes(pairs) if each.right} == judged_right


@pytest.mark.parametrize(
    ("record", "expected", "wrong_verdict"),
    [
        pytest.param(label(), Standing.GOOD, Verdict.FAILED, id="good"),
        pytest.param(label(net_contents=None), Standing.GOOD_IN_PART, Verdict.FAILED, id="net contents not shown"),
        pytest.param(
            label(government_warning="defective"), Standing.FAULTY, Verdict.PASSED, id="approved though misprinted"
        ),
        pytest.param(label(verdict="reject"), Standing.FAULTY, Verdict.PASSED, id="reject"),
        pytest.param(label(verdict="review"), Standing.OPEN, Verdict.PASSED, id="for a person"),
    ],
)
def test_false_fails_and_false_passes(record: LabelRecord, expected: Standing, wrong_verdict: Verdict) -> None:
    assert standing(record) is expected
    outcomes = {each.verdict: each for each in verdict_outcomes((record, answer(verdict)) for verdict in Verdict)}
    wrong = {verdict for verdict, each in outcomes.items() if each.false_fail or each.false_pass}
    extra = {Verdict.FAILED} if expected is Standing.OPEN else set()
    assert wrong == {wrong_verdict, *extra}


def test_a_failure_of_a_label_whose_warning_is_not_known_is_not_called_false() -> None:
    record = label(government_warning=None)
    assert standing(record) is Standing.UNCHECKED
    outcomes = verdict_outcomes((record, answer(verdict)) for verdict in Verdict)
    assert not any(each.false_fail or each.false_pass for each in outcomes)
    assert [each.verdict for each in outcomes if each.unsettled] == [Verdict.FAILED]


def test_what_keeps_labels_from_passing_is_counted_by_subject() -> None:
    unread = "The brand name could not be read surely: the image shows “E. Cellars; since 1999”."
    outcomes = verdict_outcomes(
        [
            (
                label("a"),
                answer(
                    Verdict.NEEDS_REVIEW,
                    rules={"app.brand-name": REVIEW, "wine.brand": INFORMATION},
                    reasons=("app.brand-name says what is wrong.", unread),
                ),
            ),
            (label("b"), answer(Verdict.FAILED, rules={"app.brand-name": REVIEW, "app.net-contents": VIOLATION})),
        ]
    )
    brand, net = reason_counts(outcomes)
    assert (brand.subject, brand.labels, brand.alone) == ("brand name", 2, 1)
    assert dict(brand.rules) == {"app.brand-name": 2, "The brand name could not be read surely": 1}
    assert (net.subject, net.labels, net.alone) == ("net contents", 1, 0)


@pytest.mark.parametrize(
    ("rule", "subject"),
    [
        ("health-warning.present", "health warning"),
        ("malt.net.us-measure", "net contents"),
        ("common.proof-abv-consistent", "alcohol content"),
        ("spirits.name-address.imported", "name and address"),
        ("The class and type designation was not found on the images given", "class and type"),
        ("common.country-of-origin", "origin"),
        ("common.sulfites", "sulfites"),
        ("malt.colours", "malt.colours"),
    ],
)
def test_the_subject_of_a_rule(rule: str, subject: str) -> None:
    assert subject_of(rule) == subject


def test_wilsons_interval_by_its_published_values() -> None:
    low, high = Rate(8, 10).interval or (0, 0)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)
    low, high = Rate(0, 20).interval or (1, 1)
    assert (round(low, 3), round(high, 3)) == (0.0, 0.161)
    assert Rate(0, 0).interval is None
    assert Rate(0, 0).share is None


def test_the_95th_percentile_is_one_of_the_times() -> None:
    times = Times.of([float(second) for second in range(1, 21)])
    assert times == Times(20, 10.5, 10.5, 19.0)
    assert Times.of([3.0]) == Times(1, 3.0, 3.0, 3.0)
    assert Times.of([]) is None
