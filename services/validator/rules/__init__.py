"""The rules of 27 CFR parts 4, 5, 7 and 16, and the comparison with the application.

Importing the package registers every rule, in the order in which a specialist reads a label: the health warning, then
the mandatory items, then the application.
"""

from services.validator.rules import (  # noqa: I001 - the order of evaluation
    health_warning as _health_warning,
    brand as _brand,
    class_type as _class_type,
    alcohol_content as _alcohol_content,
    net_contents as _net_contents,
    name_address as _name_address,
    origin as _origin,
    application as _application,
)

__all__: list[str] = []
