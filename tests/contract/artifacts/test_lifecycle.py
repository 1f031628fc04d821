"""What the service says of a bucket with the rules that Terraform gives it."""

import json
from pathlib import Path

import pytest

from services.artifacts.settings import ArtifactSettings
from services.artifacts.store import ArtifactStore
from tests.common.moto_server import MotoServer
from tests.contract.artifacts.stores import KINDS, StoreKind

# Terraform's own test holds the module to this file.
RULES = Path(__file__).parents[3] / "infra/terraform/modules/storage/tests/lifecycle.json"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.name == "moto-versioned"], indirect=True)
async def test_the_rules_of_terraform_are_told(
    kind: StoreKind, settings: ArtifactSettings, store: ArtifactStore, moto: MotoServer
) -> None:
    client = moto.client()
    client.put_bucket_lifecycle_configuration(
        Bucket=settings.s3_bucket, LifecycleConfiguration={"Rules": json.loads(RULES.read_text())}
    )
    client.close()

    assert await store.retention() == (
        "The bucket's lifecycle removes artifacts after 365 days, their old versions 7 days later; "
        "it moves them to STANDARD_IA after 30 days, to GLACIER_IR after 90 days."
    )
