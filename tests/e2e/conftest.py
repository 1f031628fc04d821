"""One running system for all end-to-end tests that do not kill a part of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.common.stack import Stack, running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("stack")) as stack:
        yield stack
