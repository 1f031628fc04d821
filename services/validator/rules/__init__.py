"""The rules of 27 CFR parts 4, 5, 7 and 16, and the comparison with the application.

Importing the package registers every rule, in the order in which a specialist reads a label: the health warning, then
the mandatory items, then the application.
"""

from importlib import import_module

_IN_ORDER = (
    "scope",
    "health_warning",
    "health_warning_place",
    "health_warning_print",
    "brand",
    "class_type",
    "class_strength",
    "wine_designation",
    "wine_grapes",
    "wine_appellation",
    "wine_dates",
    "wine_names",
    "wine_terms",
    "malt_class",
    "alcohol_content",
    "alcohol_agreement",
    "alcohol_tolerance",
    "malt_strength",
    "net_contents",
    "net_contents_agreement",
    "standards_of_fill",
    "name_address",
    "permit",
    "origin",
    "spirits_vision",
    "spirits_brand",
    "spirits_import",
    "spirits_class",
    "spirits_origin",
    "distilled_in",
    "spirits_age",
    "spirits_composition",
    "spirits_terms",
    "disclosures",
    "ingredient_claims",
    "language",
    "mandatory_print",
    "prohibited",
    "application",
    "class_agreement",
    "formula",
    "embossed",
    "certificate",
)

for _name in _IN_ORDER:
    import_module(f"{__name__}.{_name}")
