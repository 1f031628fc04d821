"""From the contract to what the rules see of a submission."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from ttb.validator.v1 import validator_pb2 as pb

from services.validator.convert import submission
from services.validator.submission import Application

TODAY = date(2026, 11, 22)


def test_every_field_of_the_application_arrives() -> None:
    given = {field.name: f"{number}" for number, field in enumerate(pb.Application.DESCRIPTOR.fields, 1)}
    given |= {"alcohol_content": "13.5", "net_contents": "750 mL", "vintage": "2021"}
    request = pb.CheckTextRequest(application=pb.Application(**given))
    assert submission(request, TODAY).application == Application(**given)


@pytest.mark.parametrize("empty", ["N/A", "none", " NA "])
def test_a_field_that_says_it_is_empty_is_not_given(empty: str) -> None:
    request = pb.CheckTextRequest(application=pb.Application(fanciful_name=empty, embossed=empty))
    assert submission(request, TODAY).application == Application()


def test_an_application_that_names_no_formula_says_so() -> None:
    request = pb.CheckTextRequest(application=pb.Application(formula=" N/A "))
    assert submission(request, TODAY).application.formula == "N/A"


def test_measures_are_the_numbers_that_were_written() -> None:
    submitted = submission(pb.VerifyLabelRequest(lab_solids=17.1, lab_abv=0), TODAY)
    assert (submitted.lab_solids, submitted.lab_abv, submitted.lab_so2_ppm) == (Decimal("17.1"), Decimal("0.0"), None)
