"""Many records in one call: the readable ones are taken, the others named."""

from __future__ import annotations

import pytest

from app.domain.refusal import Refused
from sync.central.commands.documents import Intake, Sent, changed
from sync.central.rules.ownership import RecordKind
from sync.central.store.record_owners import STORED
from tests.sync.central.shop import Shop


def sent(index: int, key: str) -> Sent[str]:
    return Sent(index, key, {"code": key}, key)


def test_what_is_refused_is_named_by_its_place_in_the_call() -> None:
    def unreadable() -> Sent[str]:
        raise Refused("a.b", "Read x.", "Expected y.", "Do z.")

    intake = Intake[str]()
    intake.offer(2, unreadable)
    intake.offer(0, lambda: sent(0, "A"))
    intake.offer(1, lambda: sent(1, "B\x07"))
    assert list(intake.taken) == ["A"]
    answer = intake.answer()
    assert answer["accepted"] == 1
    assert answer["rejected"] == [
        {
            "index": 1,
            "code": "code.unfit",
            "reason": r"Read the code 'B\x07'. Expected up to 80 printable signs. Choose another code.",
        },
        {"index": 2, "code": "a.b", "reason": "Read x. Expected y. Do z."},
    ]


@pytest.mark.parametrize("key", ["A" * 81, "a\nb", "\u200b"])
def test_codes_that_cannot_be_read_aloud_are_refused(key: str) -> None:
    intake = Intake[str]()
    intake.offer(0, lambda: sent(0, key))
    assert intake.taken == {}


def test_the_last_of_a_key_wins() -> None:
    intake = Intake[str]()
    intake.offer(0, lambda: sent(0, "A"))
    intake.offer(1, lambda: Sent(1, "A", {"code": "A", "name": "newer"}, "A"))
    assert intake.taken["A"].index == 1
    assert intake.answer() == {"accepted": 2, "rejected": []}


def test_only_what_differs_is_changed(shop: Shop) -> None:
    shop.items("A")
    same = {"code": "WH1-A", "kind": "bin", "name": "WH1-A", "parent": None, "site": "WH1"}
    entries = {
        "WH1-A": Sent(0, "WH1-A", same, ""),
        "WH1-B": Sent(1, "WH1-B", same | {"code": "WH1-B"}, ""),
        "NEW": Sent(2, "NEW", {}, ""),
    }
    found = shop.ask(lambda conn: changed(conn, entries, STORED[RecordKind.LOCATION]))
    assert [entry.key for entry in found] == ["WH1-B", "NEW"]
