"""Papers are drawn with the photos that are here, and not at all where nothing draws them."""

from __future__ import annotations

import pytest

from app.documents.report import render
from app.domain.account import Account, Status
from app.domain.refusal import Unavailable
from sync.central.centre import Outfit
from sync.central.papers import MOST_PHOTOS, drawn, found_photos
from sync.central.rules.evidence import Judged, Story
from sync.central.rules.paper_said import Goods, Kind, Said

PHOTOS = tuple(f"{n:064x}" for n in range(MOST_PHOTOS + 5))
HELD = Account("ACME", "A", "V-02", Status.DAMAGED)
STORY = Story(judged=[Judged("2026-11-22T10:00:00Z", "ana", "B", "D", None, None, None, photos=PHOTOS)])
SAID = Said(
    *("G-1-8", "ACME", "WH1", "vendor_return", "P", None, "departed", "GBP", None, None),
    (Goods(1, "Mug", HELD, 1, 100, 250, story=STORY),),
)


class Folder:
    """Has every photo, and counts what it is asked."""

    asked = 0

    def read(self, digest: str) -> bytes | None:
        self.asked += 1
        return bytes.fromhex(digest)


def test_no_paper_has_more_photos_than_anybody_looks_at() -> None:
    folder = Folder()
    found = found_photos(folder, SAID)
    assert (len(found), folder.asked) == (MOST_PHOTOS, MOST_PHOTOS)
    assert found[PHOTOS[0]] == bytes(32)
    assert set(found_photos(None, SAID).values()) == {None}


def test_a_centre_that_draws_nothing_says_so() -> None:
    with pytest.raises(Unavailable, match="CSV"):
        drawn(Outfit(), SAID, Kind.CLAIM)
    assert drawn(Outfit(render), SAID, Kind.CLAIM).startswith(b"%PDF")
