"""What stands behind the gateway, read from the contracts: services, their methods, and the REST paths of these.

Routes, limits and the descriptor set all follow from here, so a path that is added to a proto needs nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from google.api import annotations_pb2
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from ttb.artifacts.v1 import artifacts_pb2
from ttb.modelstatus.v1 import modelstatus_pb2
from ttb.ocr.v1 import ocr_pb2
from ttb.validator.v1 import validator_pb2

from gateway.roles import Role, roles_of


class Upstream(StrEnum):
    """A service that the gateway can route to; the value is its cluster's name."""

    VALIDATOR = "validator"
    OCR = "ocr"
    ARTIFACTS = "artifacts"
    MODELSTATUS = "modelstatus"


_SERVICES: dict[Upstream, ServiceDescriptor] = {
    Upstream.VALIDATOR: validator_pb2.DESCRIPTOR.services_by_name["ValidatorService"],
    Upstream.OCR: ocr_pb2.DESCRIPTOR.services_by_name["OcrService"],
    Upstream.ARTIFACTS: artifacts_pb2.DESCRIPTOR.services_by_name["ArtifactsService"],
    Upstream.MODELSTATUS: modelstatus_pb2.DESCRIPTOR.services_by_name["ModelStatusService"],
}

# Only services call these; from outside, anyone could forge what was checked.
_INTERNAL = frozenset(
    {
        "ttb.artifacts.v1.ArtifactsService.SaveArtifact",
        "ttb.artifacts.v1.ArtifactsService.GetStorage",
        "ttb.validator.v1.ValidatorService.FindQueuedArtifact",
    }
)

# They carry images, read them, and are not repeated once a service has seen them.
_VERIFYING = frozenset(
    {
        "ttb.validator.v1.ValidatorService.VerifyLabel",
        "ttb.validator.v1.ValidatorService.VerifyUpload",
        "ttb.validator.v1.ValidatorService.CompareBackends",
        "ttb.validator.v1.ValidatorService.CompareUpload",
        "ttb.ocr.v1.OcrService.ExtractText",
        "ttb.ocr.v1.OcrService.ReadRegions",
    }
)

# Held open for as long as a client likes, at next to no cost, so they have a limit of their own.
_WATCHING = frozenset({"ttb.modelstatus.v1.ModelStatusService.WatchModelStatus"})


@dataclass(frozen=True, slots=True)
class Rest:
    """How REST reaches a method: `GET` and `/artifacts/{id}/image`."""

    verb: str
    template: str

    def path_regex(self) -> str:
        """The template as a regular expression (RE2) for the whole path."""
        parts = re.split(r"(\{[^}]*\})", self.template)
        return "".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Method:
    """One method that is routed.

    `roles` may call it. `verifying` ones carry images; `repeatable` ones may be sent again, since twice is as once;
    `watching` ones are streams that wait for news.
    """

    grpc_path: str
    rest: Rest | None
    roles: frozenset[Role]
    verifying: bool
    repeatable: bool
    watching: bool


def id_folders(upstreams: Iterable[Upstream]) -> tuple[str, ...]:
    """The REST paths below which an id stands: `/artifacts/`, `/rules/`."""
    templates = [method.rest.template for upstream in upstreams for method in methods(upstream) if method.rest]
    return tuple(sorted({template.partition("{id}")[0] for template in templates if "{id}" in template}))


def service(upstream: Upstream) -> ServiceDescriptor:
    """The contract of one service."""
    return _SERVICES[upstream]


def methods(upstream: Upstream) -> tuple[Method, ...]:
    """The methods of one service that are routed, in the order of its proto."""
    return tuple(_method(each) for each in service(upstream).methods if each.full_name not in _INTERNAL)


def _method(method: MethodDescriptor) -> Method:
    verifying = method.full_name in _VERIFYING
    rest = _rest(method)
    return Method(
        grpc_path=f"/{method.containing_service.full_name}/{method.name}",
        rest=rest,
        roles=roles_of(method.full_name),
        verifying=verifying,
        repeatable=not verifying and (rest is None or rest.verb in ("GET", "DELETE")),
        watching=method.full_name in _WATCHING,
    )


def _rest(method: MethodDescriptor) -> Rest | None:
    options = method.GetOptions()
    if not options.HasExtension(annotations_pb2.http):
        return None
    rule = options.Extensions[annotations_pb2.http]
    verb = rule.WhichOneof("pattern")
    if verb is None or verb == "custom":
        raise ValueError(f"{method.full_name}: the gateway routes only the standard verbs")
    return Rest(verb.upper(), getattr(rule, verb))
