"""Takes a model out of an archive of an Ollama store. The archive is not trusted.

Only the wanted model's manifest and its blobs are accepted, as plain files, under exactly their names; anything else
(another path, a link, a device, a sparse file, a blob that is larger than the manifest says) refuses the archive.
"""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import zstandard

from services.modelstatus.download.faults import Code, FinalError, MismatchError
from services.modelstatus.names import ModelName
from services.modelstatus.store import MAX_MANIFEST_BYTES, Blob, Manifest, blob_of, manifest_place, parse_manifest

_CHUNK_BYTES = 1024 * 1024
_BROKEN = (tarfile.TarError, zstandard.ZstdError, EOFError)


def frame_size(beginning: bytes) -> int | None:
    """Bytes that a zstd file holds unpacked, by its first bytes, or None when it does not say."""
    try:
        size = zstandard.frame_content_size(beginning)
    except zstandard.ZstdError:
        return None
    return size if size >= 0 else None


def unpack(archive: Path, name: ModelName, folder: Path, room: int) -> tuple[Manifest, dict[Blob, Path]]:
    """Unpack into `folder` at most `room` bytes; returns the manifest and where each of its blobs is, all checked.

    Raises FinalError (`invalid_archive`, `disk_full`), MismatchError when a blob is not what its name says, and OSError
    as the disk does.
    """
    manifest: Manifest | None = None
    found: dict[Blob, Path] = {}
    try:
        with _tar(archive) as members:
            for member in members:
                place = member.name.removeprefix("./")
                if member.isdir():
                    continue
                content = members.extractfile(member) if member.isreg() and not member.issparse() else None
                sha256 = blob_of(place)
                if content is not None and place == manifest_place(name) and manifest is None:
                    manifest = parse_manifest(content.read(MAX_MANIFEST_BYTES + 1))
                elif content is not None and sha256 and _is_wanted(Blob(sha256, member.size), manifest, found):
                    room -= member.size
                    if room < 0:
                        raise FinalError(Code.DISK_FULL, "The model store's disk has no room for the unpacked model.")
                    found[Blob(sha256, member.size)] = _take(content, sha256, folder)
                else:
                    raise _refusal("holds something that does not belong to the model")
    except _BROKEN as error:
        raise _refusal("cannot be read to its end") from error
    except ValueError as error:
        raise FinalError(Code.INVALID_MANIFEST, f"The model's manifest is not valid: {error}.") from error
    if manifest is None:
        raise _refusal(f"holds no manifest of {name}")
    if set(manifest.blobs) != set(found):
        raise _refusal("does not hold exactly the layers that its manifest names")
    return manifest, found


def _is_wanted(blob: Blob, manifest: Manifest | None, found: dict[Blob, Path]) -> bool:
    return blob not in found and (manifest is None or blob in manifest.blobs)


def _take(content: IO[bytes], sha256: str, folder: Path) -> Path:
    path = folder / f"sha256-{sha256}.unpacked"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        while piece := content.read(_CHUNK_BYTES):
            digest.update(piece)
            file.write(piece)
    if digest.hexdigest() != sha256:
        raise MismatchError("a layer of the archive did not match its SHA-256")
    return path


@contextmanager
def _tar(archive: Path) -> Iterator[tarfile.TarFile]:
    """The archive as a stream: nothing of it but the wanted members ever touches the disk."""
    with archive.open("rb") as raw:
        is_zstd = raw.read(len(zstandard.FRAME_HEADER)) == zstandard.FRAME_HEADER
        raw.seek(0)
        if is_zstd:
            with (
                zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True) as plain,
                tarfile.open(fileobj=plain, mode="r|") as members,
            ):
                yield members
        else:
            with tarfile.open(fileobj=raw, mode="r|") as members:
                yield members


def _refusal(why: str) -> FinalError:
    return FinalError(
        Code.INVALID_ARCHIVE, f"The model's archive {why}. Make it again as the guide says, and upload it."
    )
