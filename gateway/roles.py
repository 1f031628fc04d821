"""Who may call what: the one table from methods to roles (design section 10).

A method that stands here with no role is open to nobody, and one that does not stand here stops the gateway's start, so
that a new method cannot be forgotten.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a token's holder may do. `admin` may do what the others may."""

    VERIFY = "verify"
    AUDIT = "audit"
    ADMIN = "admin"


_ANY = frozenset(Role)
_VERIFY = frozenset({Role.VERIFY, Role.ADMIN})
_AUDIT = frozenset({Role.AUDIT, Role.ADMIN})
_ADMIN = frozenset({Role.ADMIN})

_ROLES: dict[str, frozenset[Role]] = {
    "ttb.validator.v1.ValidatorService.VerifyLabel": _VERIFY,
    "ttb.validator.v1.ValidatorService.VerifyUpload": _VERIFY,
    "ttb.validator.v1.ValidatorService.CheckText": _VERIFY,
    "ttb.validator.v1.ValidatorService.CompareBackends": _VERIFY,
    "ttb.validator.v1.ValidatorService.CompareUpload": _VERIFY,
    "ttb.validator.v1.ValidatorService.ListRules": _ANY,
    "ttb.validator.v1.ValidatorService.GetRule": _ANY,
    "ttb.validator.v1.ValidatorService.GetHealth": _ANY,
    "ttb.ocr.v1.OcrService.ExtractText": _VERIFY,
    "ttb.ocr.v1.OcrService.ReadRegions": _VERIFY,
    "ttb.ocr.v1.OcrService.ListBackends": _ANY,
    "ttb.artifacts.v1.ArtifactsService.ListArtifacts": _AUDIT,
    "ttb.artifacts.v1.ArtifactsService.GetArtifact": _AUDIT,
    "ttb.artifacts.v1.ArtifactsService.GetArtifactImage": _AUDIT,
    "ttb.artifacts.v1.ArtifactsService.DeleteArtifact": _ADMIN,
    "ttb.modelstatus.v1.ModelStatusService.GetModelStatus": _ANY,
    "ttb.modelstatus.v1.ModelStatusService.WatchModelStatus": _ANY,
}

OPEN_REST = ("GET", "/health")
"""REST call that needs no token; without one its answer is shallow. Load balancers ask it."""

OPEN_PREFIX = "/grpc.health.v1.Health/"
"""Native calls that need no token."""


def roles_of(full_name: str) -> frozenset[Role]:
    """The roles that may call a method. Raises KeyError for one that nobody decided on."""
    return _ROLES[full_name]
