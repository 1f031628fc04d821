"""Remembers images for a few minutes, so that a second look at a place needs no second upload.

Bounded by bytes and by age: a handle is a courtesy, and a caller whose handle is gone sends the image again.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RememberedImage:
    """The file as it was sent, which frame of it was read, and how many it may have (0: any number)."""

    data: bytes
    frame: int
    max_frames: int = 0


class ImageHandles:
    """The images last used, at most `max_bytes` in all, each for `seconds` after its last use.

    `clock` gives monotonic seconds. Not for use by several threads.
    """

    def __init__(self, *, max_bytes: int, seconds: float, clock: Callable[[], float]) -> None:
        self._max_bytes = max_bytes
        self._seconds = seconds
        self._clock = clock
        self._images: OrderedDict[str, tuple[RememberedImage, float]] = OrderedDict()
        self._bytes = 0

    def remember(self, image: RememberedImage) -> str:
        """A new handle, not to be guessed; the images unused for longest make room."""
        self._forget_old()
        handle = secrets.token_urlsafe(24)
        self._images[handle] = (image, self._clock() + self._seconds)
        self._bytes += len(image.data)
        while self._bytes > self._max_bytes:
            self._forget(next(iter(self._images)))
        return handle

    def find(self, handle: str) -> RememberedImage | None:
        """The image, or None when the handle is unknown or too old."""
        self._forget_old()
        found = self._images.get(handle)
        if found is None:
            return None
        self._images[handle] = (found[0], self._clock() + self._seconds)
        self._images.move_to_end(handle)
        return found[0]

    def _forget_old(self) -> None:
        now = self._clock()
        while self._images:
            handle, (_, until) = next(iter(self._images.items()))
            if until > now:
                return
            self._forget(handle)

    def _forget(self, handle: str) -> None:
        image, _ = self._images.pop(handle)
        self._bytes -= len(image.data)
