"""The document that follows from the contracts, and what is made of one field, message, rule or comment of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from buf.validate import validate_pb2
from google.protobuf import descriptor_pb2
from ttb.artifacts.v1 import artifacts_pb2
from ttb.modelstatus.v1 import modelstatus_pb2
from ttb.validator.v1 import validator_pb2

from scripts.openapi.__main__ import built
from scripts.openapi.comments import comments_of
from scripts.openapi.constraints import keywords
from scripts.openapi.errors import http_status
from scripts.openapi.schemas import Schemas, Side
from services.common.errors import Reason

# Said by routes that are not there, by gRPC alone, or between services.
NOT_OVER_REST = {
    Reason.NO_SUCH_ROUTE,
    Reason.NO_SUCH_FRAME,
    Reason.UNKNOWN_IMAGE_HANDLE,
    Reason.STORAGE_DISABLED,
    Reason.NOT_BUILT_YET,
}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return dict(built())


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    return (operation for verbs in document["paths"].values() for operation in verbs.values())


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _objects(child)


def test_everything_is_explained(document: dict[str, Any]) -> None:
    for operation in _operations(document):
        assert operation["summary"], operation["operationId"]
        assert all(each["description"] for each in operation.get("parameters", ()))
    schemas = document["components"]["schemas"]
    silent = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, shape in schema.get("properties", {}).items()
        if not shape.get("description")
    ]
    assert [name for name, schema in schemas.items() if not schema["description"]] + silent == []


def test_operations_are_told_apart_and_components_are_used(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in _operations(document)]
    assert len(set(names)) == len(names)
    used = {each["$ref"] for each in _objects(document) if "$ref" in each}
    for kind in ("schemas", "responses", "headers"):
        assert {f"#/components/{kind}/{name}" for name in document["components"][kind]} <= used


def test_every_reason_is_an_error_of_some_route(document: dict[str, Any]) -> None:
    told = " ".join(
        answer.get("description", "")
        for answers in (*(each["responses"] for each in _operations(document)), document["components"]["responses"])
        for answer in answers.values()
    )
    assert {reason for reason in Reason if f"`{reason}`" in told} == set(Reason) - NOT_OVER_REST
    assert {status for each in _operations(document) for status in each["responses"]} <= {
        "200",
        *(str(http_status(reason)) for reason in set(Reason) - NOT_OVER_REST),
    }


def test_roles_stand_beside_the_token(document: dict[str, Any]) -> None:
    paths = document["paths"]
    assert paths["/verify"]["post"]["security"] == [{"token": ["admin"]}, {"token": ["verify"]}]
    assert paths["/artifacts/{id}"]["delete"]["security"] == [{"token": ["admin"]}]
    assert paths["/health"]["get"]["security"] == [{}, {"token": []}]


def test_the_form_has_every_field_of_the_typed_request(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    typed = {*schemas["VerifyLabelRequest"]["properties"], *schemas["ApplicationInput"]["properties"]}
    assert set(schemas["LabelForm"]["properties"]) == typed - {"images", "application"} | {"file", "panel"}
    query = {each["name"] for each in document["paths"]["/verify"]["post"]["parameters"] if each["in"] == "query"}
    assert query == set(schemas["LabelForm"]["properties"]) - {"file"}


def _schemas(*answered: Any) -> Schemas:
    class Silent(dict[str, str]):
        def __missing__(self, name: str) -> str:
            return name

    return Schemas(Silent(), [message.DESCRIPTOR for message in answered])


def _shape(schemas: Schemas, message: Any, name: str, side: Side) -> dict[str, Any]:
    shape = dict(schemas.field(message.DESCRIPTOR.fields_by_name[name], side))
    shape.pop("description")
    return shape


def test_what_is_asked_is_strict_and_what_is_answered_is_complete() -> None:
    schemas = _schemas(modelstatus_pb2.ModelStatus)
    schemas.message(modelstatus_pb2.ModelStatus.DESCRIPTOR, Side.ANSWERED)
    schemas.message(validator_pb2.LabelImage.DESCRIPTOR, Side.ASKED)
    status: Any = schemas.components["ModelStatus"]
    image: Any = schemas.components["LabelImage"]
    assert (status["required"], "additionalProperties" in status) == (["model", "status", "source"], False)
    assert (image["required"], image["additionalProperties"]) == (["content"], False)


def test_an_enum_never_asks_for_its_zero_value() -> None:
    schemas = _schemas(artifacts_pb2.ArtifactMetadata)
    field = "validation_status"
    asked = _shape(schemas, artifacts_pb2.ListArtifactsRequest, field, Side.ASKED)
    answered = _shape(schemas, artifacts_pb2.ArtifactMetadata, field, Side.ANSWERED)
    assert asked == {"$ref": "#/components/schemas/ValidationStatusInput"}
    assert answered == {"$ref": "#/components/schemas/ValidationStatus"}
    values: dict[str, Any] = {name: schema["enum"] for name, schema in dict[str, Any](schemas.components).items()}
    assert values["ValidationStatus"] == ["unspecified", *values["ValidationStatusInput"]]


@pytest.mark.parametrize(
    ("message", "field", "shape"),
    [
        (artifacts_pb2.ArtifactMetadata, "timestamp", {"type": "string", "format": "date-time"}),
        (artifacts_pb2.ArtifactMetadata, "request", {"type": "object"}),
        (
            artifacts_pb2.ArtifactMetadata,
            "sha256",
            {"type": "object", "additionalProperties": {"type": "string"}},
        ),
        (
            validator_pb2.LabelImage,
            "content",
            {"type": "string", "contentEncoding": "base64", "minLength": 4, "maxLength": 27962028},
        ),
        (
            validator_pb2.VerifyLabelRequest,
            "disabled_rules",
            {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 200},
        ),
    ],
)
def test_fields_have_the_form_of_their_json(message: Any, field: str, shape: dict[str, Any]) -> None:
    assert _shape(_schemas(), message, field, Side.ANSWERED) == shape


def test_a_rule_that_json_schema_cannot_say_is_not_left_out() -> None:
    with pytest.raises(ValueError, match=r"string\.email"):
        keywords(validate_pb2.FieldRules(string=validate_pb2.StringRules(email=True)))
    with pytest.raises(ValueError, match="cel"):
        keywords(validate_pb2.FieldRules(cel=[validate_pb2.Rule(id="x", expression="true")]))


def test_comments_are_found_by_name_and_joined() -> None:
    file = descriptor_pb2.FileDescriptorProto(package="p", message_type=[descriptor_pb2.DescriptorProto(name="M")])
    file.message_type[0].field.add(name="f")
    file.source_code_info.location.add(path=[4, 0], leading_comments=" One\n line.\n\n Two.\n")
    file.source_code_info.location.add(path=[4, 0, 2, 0], leading_comments=" A field.\n")
    file.source_code_info.location.add(path=[2], leading_comments=" The package.\n")
    found = comments_of(descriptor_pb2.FileDescriptorSet(file=[file]))
    assert found == {"p.M": "One line.\n\nTwo.", "p.M.f": "A field."}
