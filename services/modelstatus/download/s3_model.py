"""A model that S3 holds: as an Ollama store (manifest and blobs), or as one archive of it.

Looked for in this order below the prefix: `manifests/registry.ollama.ai/library/MODEL/TAG`, `MODEL-TAG.tar.zst`,
`MODEL-TAG.tar`. One call of `install` is one attempt; it takes up what earlier ones left.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from services.modelstatus.download.archive import frame_size, unpack
from services.modelstatus.download.faults import Code, FinalError, MismatchError, Stopped, TransientError
from services.modelstatus.download.fetch import Fetcher
from services.modelstatus.download.parts import PartFile
from services.modelstatus.download.reporter import Reporter
from services.modelstatus.download.source import RemoteObject, Source
from services.modelstatus.names import ModelName
from services.modelstatus.store import (
    MAX_MANIFEST_BYTES,
    Blob,
    Manifest,
    OllamaStore,
    manifest_place,
    parse_manifest,
)

_MARGIN_BYTES = 1024 * 1024
_MAX_FRAME_HEADER_BYTES = 18
_SHA256_FILE_BYTES = 1024
_ARCHIVES = (".tar.zst", ".tar")


@dataclass(frozen=True, slots=True)
class S3Place:
    """Where models are below a prefix of a bucket."""

    source: Source
    prefix: str

    def manifest(self, name: ModelName) -> Manifest | None:
        """The manifest of a model that is kept as a store, or None."""
        content = self.source.read_small(self.prefix + manifest_place(name), MAX_MANIFEST_BYTES)
        try:
            return None if content is None else parse_manifest(content)
        except ValueError as error:
            raise FinalError(Code.INVALID_MANIFEST, f"The model's manifest in S3 is not valid: {error}.") from error

    def archive(self, name: ModelName) -> RemoteObject | None:
        """The archive of a model, or None."""
        keys = (f"{self.prefix}{name.model}-{name.tag}{ending}" for ending in _ARCHIVES)
        return next((found for key in keys if (found := self.source.head(key))), None)

    def blob(self, blob: Blob) -> RemoteObject:
        """The object that is the blob."""
        remote = self.source.head(self.prefix + blob.place)
        if remote is None:
            message = (
                "S3 has the model's manifest but not all of its layers. Upload them, then start the download again."
            )
            raise FinalError(Code.NOT_FOUND, message)
        if remote.size != blob.size:
            raise MismatchError("a layer in S3 had another size than its manifest says")
        return remote


class S3Model:
    """Brings the model `name` from its place into the store."""

    def __init__(
        self,
        place: S3Place,
        store: OllamaStore,
        name: ModelName,
        fetcher: Fetcher,
        reporter: Reporter,
        *,
        part_size: int,
    ) -> None:
        self._place = place
        self._store = store
        self._name = name
        self._fetcher = fetcher
        self._reporter = reporter
        self._part_size = part_size

    def install(self) -> bool:
        """Install the model; False when S3 has none. Raises TransientError, FinalError, OSError."""
        if manifest := self._place.manifest(self._name):
            self._install_store(manifest)
        elif archive := self._place.archive(self._name):
            manifest = self._install_archive(archive)
        else:
            return False
        if self._store.missing(manifest):
            raise TransientError("installed layers were removed before the model was complete")
        self._store.admit_manifest(self._name, manifest)
        self._store.clear_workshop(self._name)
        return True

    def _install_store(self, manifest: Manifest) -> None:
        missing = self._store.missing(manifest)
        folder = self._store.workshop(self._name)
        files = {
            blob: PartFile(folder / f"sha256-{blob.sha256}", self._place.blob(blob), self._part_size)
            for blob in missing
        }
        _keep_only(folder, files.values())
        with self._fetched(list(files.values()), manifest.size - sum(blob.size for blob in missing)):
            for blob, file in files.items():
                _check(file, blob.sha256)
                self._store.admit_blob(file.path, blob)
                file.discard()

    def _install_archive(self, archive: RemoteObject) -> Manifest:
        folder = self._store.workshop(self._name)
        sha256 = archive.sha256 or self._sha256_beside(archive)
        file = PartFile(folder / "archive", archive, self._part_size)
        _keep_only(folder, [file])
        with self._fetched([file], 0, unpacked=self._unpacked_size(archive)):
            if sha256:
                _check(file, sha256)
            try:
                manifest, blobs = unpack(file.path, self._name, folder, self._store.free_bytes())
            except MismatchError:
                file.discard()
                raise
            for blob, path in blobs.items():
                self._store.admit_blob(path, blob)
        return manifest

    @contextmanager
    def _fetched(self, files: Sequence[PartFile], elsewhere: int, *, unpacked: int = 0) -> Iterator[None]:
        """Have all parts of the files here; the state is `extracting` in the context."""
        for file in files:
            file.restore()
        total = elsewhere + sum(file.remote.size for file in files)
        self._reporter.downloading("s3", elsewhere + sum(file.finished_bytes for file in files), total)
        needed = sum(file.bytes_to_allocate for file in files) + unpacked + _MARGIN_BYTES
        free = self._store.free_bytes()
        if needed > free:
            message = (
                f"The model needs {needed / 1e6:,.0f} MB more on the model store's disk, which has {free / 1e6:,.0f} MB"
                " free. Make room, then start the download again."
            )
            raise FinalError(Code.DISK_FULL, message)
        try:
            for file in files:
                file.open()
            self._fetcher.fetch(files, elsewhere=elsewhere)
            self._reporter.extracting()
            yield
        except Stopped:
            raise  # threads may still write: the files stay open until the process ends
        except BaseException:
            _close(files)
            raise
        _close(files)

    def _sha256_beside(self, archive: RemoteObject) -> str:
        content = self._place.source.read_small(archive.key + ".sha256", _SHA256_FILE_BYTES)
        return content.decode("ascii", "replace").split()[0].lower() if content and content.strip() else ""

    def _unpacked_size(self, archive: RemoteObject) -> int:
        """What the unpacked model takes, as well as it can be told beforehand; weights hardly compress."""
        if not archive.key.endswith(_ARCHIVES[0]) or not archive.size:
            return archive.size
        length = min(_MAX_FRAME_HEADER_BYTES, archive.size)
        return frame_size(b"".join(self._place.source.read(archive, 0, length))) or archive.size


def _check(file: PartFile, sha256: str) -> None:
    with file.path.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != sha256:
            file.discard()
            raise MismatchError("what came from S3 did not match its SHA-256")


def _keep_only(folder: Path, files: Iterable[PartFile]) -> None:
    """Remove what earlier attempts at other versions of the model left: it would fill the disk."""
    wanted = {name for file in files for name in file.names}
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()


def _close(files: Sequence[PartFile]) -> None:
    for file in files:
        file.close()
