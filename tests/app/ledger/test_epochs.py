from __future__ import annotations

import pytest

from app.domain.resealing import origin_of
from app.ledger import epochs, outbox, renewal
from app.ledger.epochs import Chapter
from app.ledger.writer import Ledger
from tests.app.ledger.station import Station


@pytest.fixture
def renewed(ledger: Ledger, station: Station) -> Ledger:
    """Four events, of which the second and the fourth go again in epoch 3, and one recorded in that."""
    for _ in range(4):
        ledger.record(station.disposition())
    renewal.begin(ledger, 3, [4, 2], 4)
    ledger.record(station.disposition())
    return ledger


def test_numbers_begin_anew_with_each_epoch(renewed: Ledger) -> None:
    assert epochs.chapters(renewed.connection) == [Chapter(1), Chapter(3, begun=4, resent=2)]
    now = epochs.current(renewed.connection, 3)
    assert (now.shift, now.number_of(5)) == (2, 3)
    assert (renewed.head.epoch, renewed.head.seq, renewed.last_seq) == (3, 3, 5)
    assert epochs.recorded(renewed.connection) == 5


def test_a_number_leads_to_its_event_in_each_chain(renewed: Ledger) -> None:
    first, now = epochs.chapters(renewed.connection)
    sent = outbox.pending(renewed, 9)
    found = [epochs.link(renewed.connection, now, number) for number in (1, 2, 3, 4)]
    assert found == [(2, sent[0].hash), (4, sent[1].hash), (5, sent[2].hash), None]
    place = epochs.link(renewed.connection, first, 2)
    origin = origin_of(sent[0].header)
    assert origin is not None
    assert place == (2, origin.hash)
    # What was recorded in a later epoch has no number in an earlier one.
    assert epochs.link(renewed.connection, first, 5) is None


@pytest.mark.parametrize(("number", "seqs"), [(0, [2, 4, 5]), (1, [4, 5]), (2, [5]), (3, [])])
def test_what_is_behind_a_number_is_found(renewed: Ledger, number: int, seqs: list[int]) -> None:
    assert epochs.seqs_after(renewed.connection, epochs.current(renewed.connection, 3), number) == seqs


def test_events_go_as_they_stand_in_the_newest_chain(renewed: Ledger) -> None:
    now = epochs.current(renewed.connection, 3)
    anew = [envelope for _, envelope in epochs.sealed_anew(renewed.connection, now)]
    sent = outbox.pending(renewed, 9)
    assert [(one.epoch, one.seq) for one in sent] == [(3, 1), (3, 2), (3, 3)]
    assert sent[:2] == anew
    assert epochs.as_sent([], renewed.connection, now) == []
