"""The disk that is cut: what lasts, what may be there, and what may not."""

from __future__ import annotations

import random

from tests.powercut.disk import SECTOR, Disk, images, tear
from tests.powercut.log import Cut, Delete, Entry, Link, Make, Rename, Sync, Write

RNG = random.Random(3)


def left(*entries: Entry) -> set[frozenset[tuple[str, bytes]]]:
    """What may be on the medium after these."""
    disk = Disk()
    for entry in entries:
        disk.play(entry)
    # Often enough that every choice among a few comes up.
    found = [image for _ in range(40) for image in images(disk, 0, RNG, set())]
    return {frozenset(image.files.items()) for image in found}


def holds(**files: bytes) -> frozenset[tuple[str, bytes]]:
    return frozenset((f"/d/{name}", data) for name, data in files.items())


def test_a_file_may_be_there_or_not_until_it_is_synced() -> None:
    made = (Make("/d/a"), Write("/d/a", 0, b"x"))
    assert left(*made) == {holds(), holds(a=b""), holds(a=b"x")}
    assert left(*made, Sync("/d/a")) == {holds(a=b"x")}


def test_writes_since_the_sync_come_through_in_any_order() -> None:
    made = (Make("/d/a"), Write("/d/a", 0, b"xx"), Sync("/d/a"))
    found = left(*made, Write("/d/a", 0, b"A"), Write("/d/a", 1, b"B"))
    assert found == {holds(a=b"xx"), holds(a=b"Ax"), holds(a=b"xB"), holds(a=b"AB")}


def test_a_hole_reads_as_zeros_and_a_cut_may_come_late() -> None:
    made = (Make("/d/a"), Write("/d/a", 0, b"xy"), Sync("/d/a"))
    assert left(*made, Cut("/d/a", 1)) == {holds(a=b"xy"), holds(a=b"x")}
    assert holds(a=b"xy\0\0z") in left(*made, Write("/d/a", 2, b"12"), Write("/d/a", 4, b"z"))


def test_a_name_lasts_from_the_sync_of_its_folder_on() -> None:
    made = (Make("/d/a"), Write("/d/a", 0, b"x"), Sync("/d/a"), Rename("/d/a", "/d/b"))
    assert left(*made) == {holds(a=b"x"), holds(b=b"x")}
    assert left(*made, Sync("/d")) == {holds(b=b"x")}
    gone = (*made, Sync("/d"), Delete("/d/b"))
    assert left(*gone) == {holds(b=b"x"), holds()}
    assert left(*gone[:-1], Delete("/d/b", lasting=True)) == {holds()}


def test_a_name_in_another_folder_and_a_second_name_last_from_the_sync_of_that_folder_on() -> None:
    made = (Make("/d/a"), Write("/d/a", 0, b"x"), Sync("/d/a"))
    moved = {frozenset({("/e/a", b"x")})}
    assert left(*made, Rename("/d/a", "/e/a")) == {holds(a=b"x")} | moved
    assert left(*made, Rename("/d/a", "/e/a"), Sync("/e")) == moved
    assert left(*made, Link("/d/a", "/d/b")) == {holds(a=b"x"), holds(a=b"x", b=b"x")}
    assert left(*made, Link("/d/a", "/d/b"), Sync("/d"), Delete("/d/a", lasting=True)) == {holds(b=b"x")}


def test_a_log_brings_its_name_along_and_takes_the_place_of_one_that_was_deleted() -> None:
    made = (Make("/d/w", journal=True), Write("/d/w", 0, b"1"), Sync("/d/w"))
    again = (Delete("/d/w"), Make("/d/w", journal=True), Write("/d/w", 0, b"2"), Sync("/d/w"))
    assert left(*made, *again) == {holds(w=b"2")}


def test_a_torn_write_is_whole_in_sectors_and_old_or_empty_elsewhere() -> None:
    before = b"o" * (3 * SECTOR)
    new = Write("/d/a", 0, b"n" * (4 * SECTOR))
    seen = set()
    for _ in range(50):
        torn = tear(new, before, RNG)
        assert isinstance(torn, Write)
        sectors = [torn.data[n : n + SECTOR] for n in range(0, len(torn.data), SECTOR)]
        assert all(len(set(sector)) == 1 for sector in sectors)
        seen.add(bytes(sector[0] for sector in sectors))
    assert len(seen) > 8
    assert all(set(found[:3]) <= set(b"on") and found[3] in b"\0n" for found in seen)
    small = Write("/d/a", 0, b"n" * 24)
    assert tear(small, before, RNG) is small
