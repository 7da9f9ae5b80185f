"""The feed announces every record as it stands, in positions without a gap."""

from __future__ import annotations

import pytest

from tests.sync.central.checks.busy import Busy, delete, update

A = "feed: item A at position 1"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE feed SET document = replace(document, 'Item A', 'Item Z') WHERE key = 'A'", {A}),
        ("UPDATE feed SET document = 'no JSON' WHERE key = 'A'", {A}),
        ("UPDATE feed SET key = 'Z' WHERE key = 'A'", {"feed: item A", "feed: item Z at position 1"}),
        ("UPDATE feed SET kind = 'tariff' WHERE key = 'A'", {"feed: item A"}),
        ("UPDATE item SET document = replace(document, 'Item A', 'Item Z') WHERE sku = 'A'", {A}),
        (
            "UPDATE location SET document = replace(document, 'bin', 'bench') WHERE code = 'WH1-A'",
            {"feed: location WH1-A at position 5"},
        ),
        ("DELETE FROM location WHERE code = 'WH1-A'", {"feed: location WH1-A at position 5"}),
        ("UPDATE policy SET source = 'other'", {"feed: policy 1 at position 7"}),
        (
            "UPDATE rma SET document = 'no JSON' WHERE code = '{serial_rma}'",
            {"feed: rma {serial_rma} at position 9"},
        ),
    ],
)
def test_what_is_announced_is_the_record(busy: Busy, change: str, expected: set[str]) -> None:
    found = {broken for broken in busy.broken(change) if broken.startswith("feed")}
    assert found == busy.named(*expected)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("DELETE FROM feed WHERE pos = 1", {"feed: item A"}),
        ("DELETE FROM feed WHERE pos = 3", {"feed: item S", "feed: its positions"}),
        ("UPDATE feed SET gen = 2 WHERE pos = 3", {"feed: its generation"}),
        ("UPDATE feed SET event_id = 'nothing' WHERE pos = 3", {"feed: position 3"}),
        ("UPDATE counter SET value = 99 WHERE name = 'feed'", {"feed: its end"}),
    ],
)
def test_positions_are_whole(busy: Busy, change: str, expected: set[str]) -> None:
    assert busy.broken(change) == expected


def test_the_last_commit_is_whole(busy: Busy) -> None:
    last = "pos = (SELECT max(pos) FROM feed)"
    (found,) = busy.broken(update("feed", "ends_commit = NOT ends_commit", last))
    assert found.startswith("feed: position ")
    assert "feed: its end" in busy.broken(delete("feed", last))


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM counter WHERE name = 'feed'",
        "DELETE FROM meta WHERE name = 'feed_gen'",
        "UPDATE meta SET value = 'first' WHERE name = 'feed_gen'",
    ],
)
def test_a_counter_that_is_none_hides_no_record(busy: Busy, change: str) -> None:
    other = "UPDATE item SET document = replace(document, 'Item A', 'Item Z') WHERE sku = 'A'"
    assert busy.broken(change) == {"feed: its counter"}
    assert busy.broken(change, other) == {"feed: its counter", A}
