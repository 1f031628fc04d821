"""The label as the rules see it: what was submitted, and everything that was read."""

from __future__ import annotations

from dataclasses import dataclass

from services.validator.fields.alcohol import AlcoholReading
from services.validator.fields.model import LabelPanel
from services.validator.fields.names import NamesReading
from services.validator.fields.net_contents import NetContentsReading
from services.validator.fields.passages import LabelText
from services.validator.fields.warning import WarningReading
from services.validator.submission import Origin, ProductType, Submission


@dataclass(frozen=True, slots=True)
class Label:
    """One label to be judged.

    `product_type` and `origin` are those submitted, else those judged from the label, else None. `legible` is True when
    the images were read well enough to show everything that is printed on them (rulebook 0.1).
    """

    submission: Submission
    text: LabelText
    product_type: ProductType | None
    origin: Origin | None
    warning: WarningReading
    alcohol: AlcoholReading
    net_contents: NetContentsReading
    names: NamesReading
    legible: bool

    @property
    def panels(self) -> tuple[LabelPanel, ...]:
        """The images of the label, in the request's order."""
        return self.text.panels

    @property
    def complete(self) -> bool:
        """Whether all panels were given, and what is printed on them upright was read."""
        return self.submission.panels_complete and self.legible

    @property
    def shows_everything(self) -> bool:
        """Whether what was not found is missing: complete, and looked at in the standing directions too."""
        return self.complete and all(panel.seen_turned for panel in self.panels)
