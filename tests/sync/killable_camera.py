"""A station that sends its photos as a process of its own, so that a test can kill it."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.sync.central.receiving import OwnClock
from tests.sync.picturing import Camera
from tests.sync.world import Site


def main() -> None:
    """Arguments: the ledger file, the station's number, the centre's URL."""
    path, number, url = sys.argv[1:]
    camera = Camera(Site(Path(path), url, OwnClock(), int(number), life=1), url)
    camera.send()


if __name__ == "__main__":
    main()
