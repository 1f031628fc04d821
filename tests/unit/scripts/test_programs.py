from __future__ import annotations

import socket

import pytest

from scripts.programs import local_environment, taken_ports, url
from tests.common.ports import free_ports


def test_programs_find_each_other_on_other_ports() -> None:
    ports = {"OCR_PORT": "40051", "VALIDATOR_PORT": "40052", "ARTIFACT_PORT": "40053", "TTB_PORT": "8001"}
    environment = local_environment(ports | {"MODEL_STATUS_PORT": "40054"})
    assert environment["VALIDATOR_OCR_TARGET"] == "127.0.0.1:40051"
    assert environment["VALIDATOR_ARTIFACTS_TARGET"] == environment["TTB_ARTIFACTS_ENDPOINTS"] == "127.0.0.1:40053"
    assert environment["ARTIFACT_VALIDATOR_TARGET"] == "127.0.0.1:40052"
    assert environment["TTB_VALIDATOR_ENDPOINTS"] == "127.0.0.1:40052"
    assert environment["TTB_OCR_ENDPOINTS"] == "127.0.0.1:40051"
    assert environment["OCR_MODELSTATUS_TARGET"] == environment["TTB_MODELSTATUS_ENDPOINTS"] == "127.0.0.1:40054"
    assert url(environment) == "http://127.0.0.1:8001"


def test_files_are_below_the_folder_that_is_given() -> None:
    environment = local_environment({"TTB_VAR_DIR": "/elsewhere"})
    assert environment["ARTIFACT_DIRECTORY"] == "/elsewhere/artifacts"
    assert environment["VALIDATOR_SPOOL_DIRECTORY"] == "/elsewhere/spool"
    assert environment["MODEL_STATUS_FILE"] == "/elsewhere/model-status.json"


def test_what_is_given_stays() -> None:
    assert local_environment({"VALIDATOR_OCR_TARGET": "127.0.0.1:1"})["VALIDATOR_OCR_TARGET"] == "127.0.0.1:1"


@pytest.mark.parametrize("value", ["x", "0", "-1", "60000"])
def test_a_wrong_port_names_its_variable(value: str) -> None:
    with pytest.raises(SystemExit, match=rf"OCR_PORT={value} is not a port"):
        list(taken_ports({"OCR_PORT": value}))


def test_a_taken_metrics_port_names_the_variable_that_moves_it() -> None:
    ocr, artifacts, modelstatus, validator, gateway, admin = free_ports(6)
    environment = {
        "OCR_PORT": str(ocr),
        "ARTIFACT_PORT": str(artifacts),
        "MODEL_STATUS_PORT": str(modelstatus),
        "VALIDATOR_PORT": str(validator),
        "TTB_PORT": str(gateway),
        "TTB_ADMIN_PORT": str(admin),
    }
    assert list(taken_ports(environment)) == []
    with socket.socket() as other:
        other.bind(("127.0.0.1", ocr + 10000))
        other.listen()
        (message,) = taken_ports(environment)
    assert f"port {ocr + 10000} " in message
    assert "OCR_PORT" in message
