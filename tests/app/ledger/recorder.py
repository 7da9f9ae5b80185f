"""A program that records and prints each saved event, for tests that kill it or take its disk away.

Usage: python -m tests.app.ledger.recorder DATABASE SEED [BYTES]; with BYTES no file may grow past that size
until the first refusal, after which the limit is lifted and ten more are recorded.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app.domain.refusal import Unavailable
from app.ledger.writer import Ledger
from tests.app.ledger.station import SeededIds, Station, with_label


def main(path: str, seed: str, limit: str = "") -> None:
    """Records for ever, or around a full disk."""
    station = Station(Path(path), ids=SeededIds(int(seed)), made=int(seed) * 1_000_000)
    with station.open() as ledger:
        if limit:
            _around_a_full_disk(station, ledger, int(limit))
        while not limit:
            _one(station, ledger)


def _one(station: Station, ledger: Ledger) -> None:
    event = station.disposition(private={"note": "smells of smoke"})
    sealed = ledger.record(event, with_label(ledger, event))
    print("saved", sealed.seq, sealed.event_id, sealed.hash, flush=True)  # noqa: T201 - how the test learns


def _around_a_full_disk(station: Station, ledger: Ledger, limit: int) -> None:
    import resource  # noqa: PLC0415 - not on every system; the test asks first

    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, most))
    try:
        while True:
            _one(station, ledger)
    except Unavailable as world:
        print("refused", world, flush=True)  # noqa: T201 - how the test learns
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    for _ in range(10):
        _one(station, ledger)


if __name__ == "__main__":
    main(*sys.argv[1:])
