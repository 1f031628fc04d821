import json
from pathlib import Path

import pytest

from services.modelstatus.names import ModelName
from services.modelstatus.store import Blob, OllamaStore, StoreBusyError, blob_of, parse_manifest

LAYER = {"digest": f"sha256:{'a' * 64}", "size": 5}
OTHER = {"digest": f"sha256:{'b' * 64}", "size": 7}
NAME = ModelName("seer")


def _manifest(**changes: object) -> bytes:
    return json.dumps({"schemaVersion": 2, "config": LAYER, "layers": [OTHER], **changes}).encode()


def test_a_layer_that_is_named_twice_counts_once() -> None:
    manifest = parse_manifest(_manifest(layers=[OTHER, LAYER, OTHER]))

    assert manifest.blobs == (Blob("a" * 64, 5), Blob("b" * 64, 7))
    assert manifest.size == 12


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>",
        _manifest(schemaVersion=1),
        _manifest(layers=[]),
        _manifest(layers=[{"digest": f"sha256:{'B' * 64}", "size": 7}]),
        _manifest(layers=[{"digest": "sha256:../../etc/passwd", "size": 7}]),
        _manifest(layers=[{"digest": f"sha256:{'b' * 64}\n", "size": 7}]),
        _manifest(layers=[OTHER | {"size": -1}]),
        _manifest(layers=[OTHER | {"size": "7"}]),
        _manifest(layers=[LAYER | {"size": 6}]),
        _manifest(padding="x" * 1024 * 1024),
    ],
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_manifest(content)


@pytest.mark.parametrize(
    "place", [f"blobs/sha256-{'a' * 63}", f"blobs/sha256-{'a' * 64}/x", f"/blobs/sha256-{'a' * 64}"]
)
def test_only_a_blobs_own_place_names_it(place: str) -> None:
    assert blob_of(place) is None
    assert blob_of(f"blobs/sha256-{'a' * 64}") == "a" * 64


def test_a_model_is_there_when_its_manifest_and_all_its_layers_are(tmp_path: Path) -> None:
    store, manifest = OllamaStore(tmp_path), parse_manifest(_manifest())
    assert store.manifest(NAME) is None
    prepared = store.workshop(NAME) / "prepared"
    for blob, content in zip(manifest.blobs, (b"right", b"short"), strict=True):
        prepared.write_bytes(content)
        store.admit_blob(prepared, blob)
    store.admit_manifest(NAME, manifest)
    store.clear_workshop(NAME)

    assert store.manifest(NAME) == manifest
    assert store.missing(manifest) == manifest.blobs[1:]
    assert [path.name for path in (tmp_path / ".incoming").iterdir()] == []


def test_a_second_downloader_is_kept_out(tmp_path: Path) -> None:
    with OllamaStore(tmp_path).locked(), pytest.raises(StoreBusyError), OllamaStore(tmp_path).locked():
        pass
    with OllamaStore(tmp_path).locked():
        pass
