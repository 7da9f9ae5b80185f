"""A copy that hangs holds nobody up; one that answers again gets everything."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.framing import unframed
from app.domain.refusal import Unavailable
from app.ledger.follower import Follower
from app.ledger.second_copy import Chained, CopiedLedger, SecondCopy
from tests.app.ledger.station import Station


class Share(SecondCopy):
    """A copy on a share that answers only while `up`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.up = threading.Event()
        self.up.set()
        self.reached = threading.Event()
        self.wrong: Exception | None = None

    def follow(self, ledger: Chained) -> str:
        self.reached.set()
        self.up.wait()
        if self.wrong is not None:
            raise self.wrong
        return super().follow(ledger)


@pytest.fixture
def share(tmp_path: Path) -> Share:
    return Share(tmp_path / "share")


def working(station: Station, share: Share, said: list[str], patience_s: float) -> CopiedLedger:
    ledger = CopiedLedger(
        station.path,
        station.dbapi,
        signer=station.signer,
        clock=station.clock,
        ids=station.ids,
        settings=station.settings,
    )
    ledger.second = Follower(
        share, ledger.path, ledger.dbapi, ledger.public_key, on_trouble=said.append, patience_s=patience_s
    )
    return ledger


def copied(tmp_path: Path) -> int:
    [path] = (tmp_path / "share").glob("*.events")
    with path.open("rb") as file:
        return len(list(unframed(file)))


def test_a_share_that_hangs_holds_no_scan_up_and_has_all_of_it_afterwards(
    station: Station, share: Share, tmp_path: Path
) -> None:
    said = list[str]()
    with working(station, share, said, 0.01) as ledger:
        share.up.clear()
        for _ in range(3):
            ledger.record(station.disposition())
        assert ledger.last_seq == 3
        assert said == ["The second copy is behind: its disk is slow, or does not answer."]
        share.up.set()
    assert copied(tmp_path) == 3


def test_it_says_when_it_has_caught_up(station: Station, share: Share, tmp_path: Path) -> None:
    said = list[str]()
    with working(station, share, said, 0.05) as ledger:
        share.up.clear()
        ledger.record(station.disposition())
        share.up.set()
        while said[-1]:
            ledger.record(station.disposition())
        recorded = ledger.last_seq
    assert said == ["The second copy is behind: its disk is slow, or does not answer.", ""]
    assert copied(tmp_path) == recorded


@pytest.mark.parametrize("wrong", [Unavailable("The record is locked."), ValueError("one of ours")])
def test_whatever_breaks_in_the_copy_is_said_and_tried_again(
    station: Station,
    share: Share,
    tmp_path: Path,
    expect_log: Callable[[str], None],
    wrong: Exception,
) -> None:
    word = "record is locked"
    if isinstance(wrong, ValueError):
        word = "a defect"
        expect_log("second copy broke")
    said = list[str]()
    with working(station, share, said, 30) as ledger:
        share.wrong = wrong
        ledger.record(station.disposition())
        share.wrong = None
        ledger.record(station.disposition())
    assert word in said[0]
    assert said[1:] == [""]
    assert copied(tmp_path) == 2


def test_a_program_ends_although_the_share_hangs(
    station: Station, share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.ledger.follower._PARTING_S", 0.01)
    with working(station, share, [], 0.01) as ledger:
        share.up.clear()
        ledger.record(station.disposition())
        assert share.reached.wait(30)
    # The record is closed; what hangs is let go only so that it does not outlive this test.
    share.up.set()
    for thread in threading.enumerate():
        if thread.name == "second copy":
            thread.join()
