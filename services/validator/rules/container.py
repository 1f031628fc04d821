"""What the application gives as blown, branded or embossed on the container (TTB F 5100.31, item 15).

Net contents may stand there instead of on a label, and of malt beverages name and address. No image shows it: the
application is taken at its word.
"""

from __future__ import annotations

import re

from services.validator.fields.address_grammar import parse_name_and_address
from services.validator.fields.names import given
from services.validator.fields.net_grammar import parse_volumes
from services.validator.fields.text import n1
from services.validator.fields.units import Volume
from services.validator.label import Label
from services.validator.submission import ProductType

_PARTS = re.compile(r"[;\n]+")


def net_contents_on_container(label: Label) -> tuple[Volume, ...]:
    """Volumes that stand on the container itself (27 CFR 4.37(c), 5.61(a)(2), 7.61(a)(2))."""
    return tuple(parsed.volume for parsed in parse_volumes(n1(given(label.submission.application.embossed))))


def names_bottler_on_container(label: Label) -> bool:
    """Whether a malt beverage's container itself gives name, city and State (27 CFR 7.61(a)(2), 7.63(a)(4))."""
    return label.product_type is ProductType.MALT_BEVERAGE and any(
        parse_name_and_address(part).complete for part in parts_on_container(label)
    )


def parts_on_container(label: Label) -> tuple[str, ...]:
    """The items that stand on the container, one by one."""
    return tuple(part.strip() for part in _PARTS.split(given(label.submission.application.embossed)) if part.strip())
