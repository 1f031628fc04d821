from dataclasses import replace

from services.validator.fields.model import LabelPanel
from services.validator.fields.passages import label_text
from services.validator.label import Label
from tests.common.named_labels import MALT, SPIRITS, check, label, outcome


def with_contrasts(subject: Label, *by_look: float) -> Label:
    """The label as if look number n had measured the n-th contrast everywhere."""
    seen: list[LabelPanel] = []
    for panel in subject.panels:
        lines = tuple(replace(line, contrast_ratio=by_look[line.look]) for line in panel.page.lines)
        seen.append(replace(panel, page=replace(panel.page, lines=lines)))
    return replace(subject, text=label_text(tuple(seen)))


def test_the_look_that_measures_the_best_contrast_counts():
    subject = label("ELM HILL\n\nVodka\n\n750 mL", SPIRITS)

    assert outcome(check("common.legible", with_contrasts(subject, 1.5, 6.0))) == "pass"
    assert outcome(check("common.legible", with_contrasts(subject, 1.5, 1.7))) == "review"


def test_one_statement_of_alcohol_apart_from_the_story_is_enough():
    story = "Our vodka is filtered slowly and has\na strength of 40% Alc/Vol that is\nsmooth and easy for us all"

    told = check("common.separate-mandatory", label(f"ELM HILL\n\nVodka\n\n{story}", SPIRITS))
    both = check("common.separate-mandatory", label(f"ELM HILL\n\nVodka\n\n40% Alc/Vol\n---\n{story}", SPIRITS))

    assert (outcome(told), outcome(both)) == ("review", "pass")


def test_english_on_another_panel_is_english():
    subject = label("ELM HILL\n\nCerveza\n---\nBeer\n\n12 FL OZ", MALT)

    assert outcome(check("common.english", subject)) == "pass"
