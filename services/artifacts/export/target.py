"""Where the dataset is written: a folder, or a prefix in an S3 bucket, both by pyarrow's file systems.

A file has its final name only when it is whole, so that a killed export leaves nothing that looks finished.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow as pa
import pyarrow.fs as fs

S3 = "s3://"
UNFINISHED = ".part"
_CHUNK = 1024 * 1024


class Target:
    """Files of the dataset, by path below its root with `/` between the parts. Raises `OSError`."""

    def __init__(self, filesystem: fs.FileSystem, root: str, shown: str) -> None:
        self.shown = shown
        self._files = fs.SubTreeFileSystem(root, filesystem)
        # An S3 object appears when it is closed, and needs no folder.
        self._is_s3 = filesystem.type_name == "s3"

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""
        return bool(self._files.get_file_info(path).type == fs.FileType.File)

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Names of files and folders in a folder, sorted; none when there is no such folder."""
        infos = self._files.get_file_info(fs.FileSelector(folder, allow_not_found=True))
        return tuple(sorted(info.base_name for info in infos))

    def read(self, path: str) -> bytes:
        """A whole small file."""
        with self._files.open_input_stream(path) as source:
            return bytes(source.read())

    def sha256(self, path: str) -> str | None:
        """SHA-256 of a file in hex; None when there is no such file."""
        if not self.exists(path):
            return None
        digest = hashlib.sha256()
        with self._files.open_input_stream(path) as source:
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def open(self, path: str) -> pa.NativeFile:
        """A file to read from at any place."""
        return self._files.open_input_file(path)

    def write(self, path: str, content: bytes) -> None:
        """Write a whole file; replaces what was there."""
        part = path if self._is_s3 else path + UNFINISHED
        with self.create(part) as sink:
            sink.write(content)
        if part != path:
            self.move(part, path)

    def create(self, path: str) -> pa.NativeFile:
        """A new file to write to, with the folders above it; replaces what was there."""
        folder = path.rpartition("/")[0]
        if folder and not self._is_s3:
            self._files.create_dir(folder, recursive=True)
        return self._files.open_output_stream(path, compression=None)

    def move(self, source: str, path: str) -> None:
        """Give a file its final name; replaces what was there."""
        self._files.move(source, path)

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with all in it; there may be none."""
        kind = self._files.get_file_info(path).type
        if kind == fs.FileType.Directory:
            self._files.delete_dir(path)
        elif kind == fs.FileType.File:
            self._files.delete_file(path)


def open_target(out: str, *, endpoint_url: str | None) -> Target:
    """The folder or `s3://bucket/prefix` that the user named.

    Credentials and region of S3 come from where AWS's own tools take them; `endpoint_url` is of a compatible server.
    """
    if not out.startswith(S3):
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        return Target(fs.LocalFileSystem(), str(folder.resolve()), out)
    root = out.removeprefix(S3).rstrip("/")
    bucket = root.partition("/")[0]
    if endpoint_url:
        files = fs.S3FileSystem(endpoint_override=endpoint_url, allow_delayed_open=True)
    else:
        files = fs.S3FileSystem(region=fs.resolve_s3_region(bucket), allow_delayed_open=True)
    return Target(files, root, out)
