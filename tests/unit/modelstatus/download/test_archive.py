"""Archives as their maker, or somebody who means harm, may write them."""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from services.modelstatus.download.archive import frame_size, unpack
from services.modelstatus.download.faults import FinalError, MismatchError
from services.modelstatus.names import ModelName

NAME = ModelName("seer")
MANIFEST = "manifests/registry.ollama.ai/library/seer/latest"
CONTENT = b"weights" * 1000
DIGEST = hashlib.sha256(CONTENT).hexdigest()
BLOB = f"blobs/sha256-{DIGEST}"
LAYER = {"digest": f"sha256:{DIGEST}", "size": len(CONTENT)}
GOOD = [
    (MANIFEST, json.dumps({"schemaVersion": 2, "config": LAYER, "layers": [LAYER]}).encode()),
    (BLOB, CONTENT),
]


def _tar(path: Path, members: list[tuple[str, bytes]], extra: tarfile.TarInfo | None = None) -> Path:
    with tarfile.open(path, "w") as tar:
        if extra:
            tar.addfile(extra)
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


def _special(kind: bytes, name: str, target: str = "") -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize("order", [GOOD, GOOD[::-1], [(f"./{name}", content) for name, content in GOOD]])
@pytest.mark.parametrize("pack", [bytes, zstandard.compress])
def test_a_model_is_unpacked_in_any_order(
    tmp_path: Path, order: list[tuple[str, bytes]], pack: Callable[[bytes], bytes]
) -> None:
    archive = _tar(tmp_path / "archive", order, _special(tarfile.DIRTYPE, "blobs/"))
    archive.write_bytes(pack(archive.read_bytes()))

    manifest, found = unpack(archive, NAME, tmp_path, room=10**6)

    assert manifest.content == GOOD[0][1]
    assert [path.read_bytes() for path in found.values()] == [CONTENT]
    assert set(found) == set(manifest.blobs)


@pytest.mark.parametrize(
    "extra",
    [
        _special(tarfile.REGTYPE, "../outside"),
        _special(tarfile.REGTYPE, "/etc/outside"),
        _special(tarfile.REGTYPE, f"blobs/../{BLOB}"),
        _special(tarfile.REGTYPE, "manifests/registry.ollama.ai/library/other/latest"),
        _special(tarfile.REGTYPE, "readme.txt"),
        _special(tarfile.SYMTYPE, BLOB, "/etc/passwd"),
        _special(tarfile.LNKTYPE, BLOB, MANIFEST),
        _special(tarfile.CHRTYPE, BLOB),
        _special(tarfile.BLKTYPE, BLOB),
        _special(tarfile.FIFOTYPE, BLOB),
        _special(tarfile.SYMTYPE, "blobs", "/tmp"),  # noqa: S108 - where an attack would lead
    ],
    ids=lambda member: f"{member.type!r} {member.name}",
)
def test_a_hostile_member_refuses_the_archive(tmp_path: Path, extra: tarfile.TarInfo) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    with pytest.raises(FinalError) as refusal:
        unpack(_tar(tmp_path / "archive", GOOD, extra), NAME, folder, room=10**6)

    assert refusal.value.code == "invalid_archive"
    assert list(folder.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["archive", "folder"]


@pytest.mark.parametrize(
    "members",
    [
        [],
        GOOD[:1],
        GOOD[1:],
        [GOOD[0], (BLOB, CONTENT + b"more")],
        [*GOOD, GOOD[1]],
        [*GOOD, (f"blobs/sha256-{hashlib.sha256(b'x').hexdigest()}", b"x")],
    ],
    ids=["empty", "no layer", "no manifest", "larger than the manifest says", "twice", "a layer of nobody"],
)
def test_an_archive_holds_the_model_and_nothing_else(tmp_path: Path, members: list[tuple[str, bytes]]) -> None:
    with pytest.raises(FinalError) as refusal:
        unpack(_tar(tmp_path / "archive", members), NAME, tmp_path, room=10**6)

    assert refusal.value.code == "invalid_archive"


@pytest.mark.parametrize("cut", [3, 600, 3000])
@pytest.mark.parametrize("pack", [bytes, zstandard.compress])
def test_an_archive_that_breaks_off_is_refused(tmp_path: Path, cut: int, pack: Callable[[bytes], bytes]) -> None:
    archive = _tar(tmp_path / "archive", [GOOD[0], (BLOB, os.urandom(len(CONTENT)))])
    archive.write_bytes(pack(archive.read_bytes())[:cut])

    with pytest.raises(FinalError) as refusal:
        unpack(archive, NAME, tmp_path, room=10**6)

    assert refusal.value.code == "invalid_archive"


def test_a_layer_that_is_not_what_its_name_says_is_found(tmp_path: Path) -> None:
    with pytest.raises(MismatchError):
        unpack(_tar(tmp_path / "archive", [GOOD[0], (BLOB, CONTENT[::-1])]), NAME, tmp_path, room=10**6)


def test_what_has_no_room_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(FinalError) as refusal:
        unpack(_tar(tmp_path / "archive", GOOD), NAME, tmp_path, room=len(CONTENT) - 1)

    assert refusal.value.code == "disk_full"


def test_the_unpacked_size_is_read_from_the_first_bytes() -> None:
    assert frame_size(zstandard.compress(CONTENT)[:18]) == len(CONTENT)
    assert frame_size(b"no zstd") is None
