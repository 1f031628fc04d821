"""Which index keys a listing asks for, and how it goes on from page to page.

A date range is two bounds in an index; a page token is the last index key that was looked at, with the filter it
belongs to, so that artifacts which come or go in between neither repeat nor hide another.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from services.artifacts.layout import Place, index_prefix, inverted, place_or_none, start_of
from services.artifacts.model import ValidationStatus
from services.common.errors import TtbError, invalid_field

_CHECK_BYTES = 6
"""Tells a token that was altered on its way; a token that someone made up leads nowhere else than a true one."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Artifacts from `start` to `end` (UTC days, both included; None: no bound) with one verdict or any."""

    start: date | None = None
    end: date | None = None
    status: ValidationStatus | None = None

    def __post_init__(self) -> None:
        """Refuse a range that ends before it starts."""
        if self.start is not None and self.end is not None and self.start > self.end:
            raise invalid_field("start_date", "must not be later than end_date")

    @property
    def prefix(self) -> str:
        """Prefix of the index that is listed."""
        return index_prefix(self.status)

    @property
    def after(self) -> str:
        """Every index key of the range is greater than this."""
        if self.end is None or self.end == date.max:
            return ""
        return self.prefix + inverted(start_of(self.end + timedelta(days=1)) - 1)

    @property
    def until(self) -> str:
        """Every index key of the range is less than this."""
        return self.prefix + (inverted(start_of(self.start)) if self.start is not None else "") + "~"

    def token(self, key: str) -> str:
        """The page token that goes on after this index key."""
        content = f"{self._filter}\n{key.removeprefix(self.prefix)}".encode()
        check = hashlib.sha256(content).digest()[:_CHECK_BYTES]
        return base64.urlsafe_b64encode(check + content).decode().rstrip("=")

    def resume(self, token: str) -> str:
        """The index key that a token goes on after; `after` for an empty one.

        Raises `TtbError` (INVALID_FIELD `page_token`) for a token that this listing did not give.
        """
        if not token:
            return self.after
        try:
            content = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[_CHECK_BYTES:].decode()
        except ValueError as error:
            raise _bad_token() from error
        key = self.prefix + content.partition("\n")[2]
        if token != self.token(key) or not self.after < key < self.until or place_of(key, self.status) is None:
            raise _bad_token()
        return key

    @property
    def _filter(self) -> str:
        return f"1 {self.start or ''} {self.end or ''} {self.status or ''}"


def place_of(key: str, status: ValidationStatus | None) -> Place | None:
    """The artifact that a key in the index of this verdict stands for; None when it is no such key."""
    place = place_or_none(key.rpartition("/")[2].partition("-")[2])
    return place if place is not None and place.index(status) == key else None


def _bad_token() -> TtbError:
    return invalid_field("page_token", "must be the next_page_token of a listing with the same filters, or empty")
