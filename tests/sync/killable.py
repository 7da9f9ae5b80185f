"""A station as a process of its own, so that a test can kill it: records events and syncs once."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.sync.central.receiving import OwnClock
from tests.sync.world import Site


def main() -> None:
    """Arguments: the ledger file, the station's number, the centre's URL, how many events to record.

    Then, where one station is several processes, which of its lives this is: each has noise of its own.
    """
    path, number, url, events, *life = sys.argv[1:]
    site = Site(Path(path), url, OwnClock(), int(number), life=int(life[0]) if life else 1)
    site.work(int(events))
    site.sync()


if __name__ == "__main__":
    main()
