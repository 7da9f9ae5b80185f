"""The stations that the tests of this folder work with."""

from __future__ import annotations

from tests.app.ledger.fixtures import founded, ledger, station

__all__ = ["founded", "ledger", "station"]
