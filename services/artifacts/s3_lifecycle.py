"""What a bucket's lifecycle does to artifacts, in one sentence for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import LifecycleRuleOutputTypeDef

ARTIFACTS = "artifacts/"
NO_RULE = "The bucket has no lifecycle rule that removes artifacts: they are kept until they are deleted."
NOT_TOLD = "The bucket does not tell its lifecycle; see its configuration."


def sentence(rules: Sequence[LifecycleRuleOutputTypeDef]) -> str:
    """How long the bucket keeps what lies below `artifacts/`, and where it moves it before."""
    ours = [rule for rule in rules if rule.get("Status") == "Enabled" and _covers(rule)]
    expirations = [days for rule in ours if (days := rule.get("Expiration", {}).get("Days"))]
    moves = sorted(
        (move["Days"], str(move["StorageClass"]))
        for rule in ours
        for move in rule.get("Transitions", ())
        if "Days" in move and "StorageClass" in move
    )
    versions = [
        past["NoncurrentDays"]
        for rule in ours
        if "NoncurrentDays" in (past := rule.get("NoncurrentVersionExpiration", {}))
        and "NewerNoncurrentVersions" not in past
    ]
    kept = f"The bucket's lifecycle removes artifacts after {min(expirations)} days" if expirations else NO_RULE
    if expirations and versions:
        # Where the bucket keeps versions, removal hides an artifact; it is gone with its old versions.
        kept += f", their old versions {min(versions)} days later"
    moved = ", ".join(f"to {storage} after {days} days" for days, storage in moves)
    return kept.removesuffix(".") + (f"; it moves them {moved}." if moved else ".")


def _covers(rule: LifecycleRuleOutputTypeDef) -> bool:
    """Whether the rule holds for every artifact: one that also asks for a tag or a size does not."""
    selection = rule.get("Filter", {})
    if set(selection) - {"Prefix"}:
        return False
    return ARTIFACTS.startswith(selection.get("Prefix", rule.get("Prefix", "")))
