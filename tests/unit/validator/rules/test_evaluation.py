from dataclasses import replace

from services.validator.rules.evaluation import applies, evaluate
from services.validator.rules.model import REGISTRY
from tests.common.named_labels import SPIRITS, label


def test_what_only_a_person_can_judge_is_listed_and_never_answered():
    evaluation = evaluate(label("ELM HILL\n\nVodka", SPIRITS))

    assert REGISTRY["prohibited.obscene"].by_person
    assert "prohibited.obscene" not in evaluation.not_checkable


def test_a_label_for_export_is_compared_with_its_application_and_told_so():
    subject = label("ELM HILL\n\nVodka", SPIRITS)
    exported = replace(subject, submission=replace(subject.submission, for_export=True))

    judged = {rule_id.split(".")[0] for rule_id, rule in REGISTRY.items() if applies(rule, exported)}

    assert judged == {"app", "scope"}
    assert [each.rule.rule_id for each in evaluate(exported).findings] == ["scope.export-exempt"]
