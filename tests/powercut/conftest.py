"""Power fails at every write: here each record is made from nothing, not copied as in `tests.swift`."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import patch

import pytest

import app.ledger.upgrade
import app.ledger.writer


@pytest.fixture(scope="package", autouse=True)
def _really_made(_worked_out_once: None) -> Iterator[None]:
    with patch.object(app.ledger.writer, "make_current", app.ledger.upgrade.make_current):
        yield
