from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from ttb.common.v1 import backend_pb2
from ttb.validator.v1 import validator_pb2 as pb

from ttb_client import TtbError, requests
from ttb_client.requests import VerifyOptions, verify_request


@pytest.mark.parametrize(
    ("names", "enum"),
    [
        (requests.Panel, pb.Panel.Value),
        (requests.ProductType, pb.ProductType.Value),
        (requests.Origin, pb.Origin.Value),
        (requests.ApplicationType, pb.ApplicationType.Value),
        (requests.Mode, pb.Mode.Value),
        (requests.OcrBackend, backend_pb2.OcrBackend.Value),
    ],
)
def test_names_are_the_contracts(names: Any, enum: Any) -> None:
    assert ("unspecified", *get_args(names)) == tuple(enum.keys())


def test_every_option_of_the_contract_can_be_given() -> None:
    fields = set(pb.VerifyLabelRequest.DESCRIPTOR.fields_by_name)
    assert set(VerifyOptions.__annotations__) == fields - {"images", "application"}


def test_all_images_together_have_a_limit(tmp_path: Path) -> None:
    with pytest.raises(TtbError, match="all images together") as caught:
        verify_request([bytes(17 << 20), bytes(16 << 20)], (), None, {})
    assert [violation.field for violation in caught.value.violations] == ["images"]


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_request([tmp_path / "none.png"], (), None, {})
