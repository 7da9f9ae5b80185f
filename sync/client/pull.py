"""Fetching what changed, page by whole page, until there is no more.

A page that is too long to be taken is asked for again with half as many changes.
"""

from __future__ import annotations

from collections.abc import Callable

from app.domain.refusal import Unavailable
from sync.client.port import CentrePort, Overlong, StationPort
from sync.client.state import FEED_BEHIND, Halt
from sync.wire.protocol import MAX_CHANGES


class Puller:
    """Keeps one station's mirror at the end of the centre's feed."""

    def __init__(self, station: StationPort, centre: CentrePort) -> None:
        self._station = station
        self._centre = centre

    def run(self, feed_gen: int, on_page: Callable[[], bool]) -> None:
        """Applies pages until there are no more or `on_page`, asked after each, says False.

        Raises:
            Unavailable: the world did not answer as it should; the cursor stays where it is.
            Halt: the feed went back under the station's feet.
        """
        at = self._station.position()
        gen, pos, stock = at.feed_gen, at.feed_pos, at.stock
        limit = MAX_CHANGES
        while True:
            try:
                page = self._centre.changes(gen, pos, limit, stock)
            except Overlong:
                if limit == 1:
                    raise
                limit //= 2
                continue
            if page.gen != feed_gen:
                raise Unavailable("The centre's feed was renewed.")
            if page.gen == gen and page.upto < pos:
                raise Halt(FEED_BEHIND)
            if page.more and page.gen == gen and page.upto == pos:
                raise Unavailable("The centre promised changes and sent none.")
            told = page.stock is not None and page.stock.next != stock
            if page.stock and page.stock.more and not told:
                raise Unavailable("The centre promised stock and sent none.")
            if (page.gen, page.upto) != (gen, pos) or told:
                self._station.apply(page)
                gen, pos = page.gen, page.upto
                stock = page.stock.next if page.stock else stock
            more = page.more or (page.stock is not None and page.stock.more)
            if not more or not on_page():
                return
