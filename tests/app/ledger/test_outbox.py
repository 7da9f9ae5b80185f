from __future__ import annotations

from app.domain.envelope import wall_of
from app.ledger import outbox
from app.ledger.audit import audit
from app.ledger.outbox import Waiting
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station


def _recorded(station: Station, ledger: Ledger, count: int) -> list[str]:
    return [ledger.record(station.disposition()).hash for _ in range(count)]


def test_what_is_not_acknowledged_waits_in_chain_order(station: Station, ledger: Ledger) -> None:
    hashes = _recorded(station, ledger, 5)
    found = outbox.pending(ledger, 3)
    assert [envelope.hash for envelope in found] == hashes[:3]
    assert found[0].prev != found[1].prev
    assert outbox.waiting(ledger) == Waiting(5, wall_of(found[0]))


def test_an_acknowledged_prefix_leaves_the_outbox(station: Station, ledger: Ledger) -> None:
    hashes = _recorded(station, ledger, 5)
    assert outbox.acknowledge(ledger, 1, 3, hashes[2])
    assert [envelope.hash for envelope in outbox.pending(ledger, 9)] == hashes[3:]
    assert (outbox.acknowledged(ledger), outbox.waiting(ledger).count) == (3, 2)
    assert audit(ledger).clean
    ledger.close()
    assert outbox.acknowledge(ledger, 1, 5, hashes[4])
    assert outbox.waiting(ledger) == Waiting(0, None)
    assert outbox.pending(ledger, 9) == []
    assert ledger.record(station.disposition()).seq == 6
    assert outbox.waiting(ledger).count == 1
    assert audit(ledger).clean


def test_an_older_or_repeated_acknowledgement_takes_nothing_back(station: Station, ledger: Ledger) -> None:
    hashes = _recorded(station, ledger, 4)
    assert outbox.acknowledge(ledger, 1, 3, hashes[2])
    for upto in (3, 1):
        assert outbox.acknowledge(ledger, 1, upto, hashes[upto - 1])
    assert outbox.acknowledged(ledger) == 3
    assert audit(ledger).clean


def test_another_hash_epoch_or_number_changes_nothing(station: Station, ledger: Ledger) -> None:
    hashes = _recorded(station, ledger, 3)
    for epoch, upto, head_hash in (
        (1, 2, hashes[2]),
        (1, 2, ""),
        (2, 2, hashes[1]),
        (1, 4, hashes[2]),
        (1, 0, ledger.head.hash),
        (1, -1, hashes[0]),
    ):
        assert not outbox.acknowledge(ledger, epoch, upto, head_hash)
    assert outbox.waiting(ledger).count == 3
    assert outbox.acknowledged(ledger) == 0
