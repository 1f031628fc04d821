"""The rules of 27 CFR parts 4, 5, 7 and 16, and the comparison with the application.

Importing the package registers every rule, in the order in which a specialist reads a label: the health warning, then
the mandatory items, then the application.
"""

from services.validator.rules import (  # noqa: I001 - the order of evaluation
    health_warning as _health_warning,
    health_warning_place as _health_warning_place,
    health_warning_print as _health_warning_print,
    brand as _brand,
    class_type as _class_type,
    alcohol_content as _alcohol_content,
    alcohol_agreement as _alcohol_agreement,
    alcohol_tolerance as _alcohol_tolerance,
    net_contents as _net_contents,
    net_contents_agreement as _net_contents_agreement,
    standards_of_fill as _standards_of_fill,
    name_address as _name_address,
    origin as _origin,
    application as _application,
    class_agreement as _class_agreement,
)

__all__: list[str] = []
