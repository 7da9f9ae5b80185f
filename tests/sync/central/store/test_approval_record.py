"""What is looked up for the judge; the judging itself is tried in test_approving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.approvals import Spent, Statement
from sync.central.store.approval_record import (
    arrived,
    asked_by,
    judged_after,
    known_about,
    newest_known,
    site_of,
)
from sync.central.store.known_certificates import heard_by
from tests.approvals.world import POLICY, ROOT, RUTH
from tests.sync.central.approving import PRICE, Desk, desk_in, head_of


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    url = None if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    with desk_in(tmp_path, url) as found:
        yield found


def test_what_cannot_be_read_is_not_looked_for(desk: Desk) -> None:
    word = desk.sign(desk.written_off())
    asked = asked_by([None, "text", {}, word.to_json(), word.to_json()])
    assert asked.statements == (Statement.read(word.statement),)
    assert asked.proofs == (word.statement.proof,)
    assert asked.keys == (POLICY.public_key, RUTH.public_key)


def test_everything_known_about_a_claim_is_found(desk: Desk) -> None:
    first, second = desk.written_off(1), desk.written_off(2)
    word, next_word = desk.sign(first), desk.sign(second)
    noted, sent = desk.note(next_word, second), desk.record(first, word)
    desk.send(noted, sent)
    desk.revoke("RUTH")
    with desk.store.database.read() as conn:
        asked = asked_by([next_word.to_json()])
        known = known_about(conn, asked, ROOT.public_key, arrived(conn, sent))
    said = Statement.read(next_word.statement)
    assert known.sites == {desk.bench.station_id: "WH1"}
    assert known.nonces == frozenset()
    assert known.counters == {("RUTH", desk.bench.station_id, 1): frozenset({1})}
    assert known.spent == {said.certificate: Spent(PRICE, 1)}
    assert known.revoked[RUTH.public_key].number == 1
    assert known.revoked[RUTH.public_key].place == known.arrived.place
    assert known.proofs[next_word.statement.proof].place == known.arrived.place - 1


def test_a_spent_nonce_and_number_are_found(desk: Desk) -> None:
    event = desk.written_off()
    word = desk.sign(event)
    sent = desk.record(event, word)
    desk.send(sent)
    with desk.store.database.read() as conn:
        known = known_about(conn, asked_by([word.to_json()]), ROOT.public_key, arrived(conn, sent))
    assert known.nonces == {Statement.read(word.statement).nonce}
    assert known.counters == {("RUTH", desk.bench.station_id, 1): frozenset({1})}


def test_what_a_station_had_heard_is_told_by_the_feed(desk: Desk) -> None:
    sent = desk.record(desk.written_off(), "x")
    gen, pos = head_of(desk)
    with desk.store.database.read() as conn:
        assert newest_known(conn, sent) is None
        assert site_of(conn, desk.bench.station_id) == "WH1"
        assert site_of(conn, "laptop") == ""
    told = desk.store.clock.now()
    desk.store.clock.at += timedelta(hours=1)
    desk.bench._evidence = replace(desk.bench._evidence, feed_gen=gen, feed_pos=pos)
    later = desk.record(desk.written_off(2), "x")
    with desk.store.database.read() as conn:
        assert newest_known(conn, later) == told


def test_a_new_centre_judges_from_the_first_receipt_on(desk: Desk) -> None:
    with desk.store.database.read() as conn:
        assert judged_after(conn) == 0


def test_the_note_tells_what_was_known_as_the_word_was_given(desk: Desk) -> None:
    """The event is recorded later, by when the bench had heard more: the word is judged as it was given."""
    event, second = desk.written_off(1), desk.written_off(2)
    word = desk.sign(event)
    desk.hears()
    note = desk.note(word, event)
    desk.store.clock.at += timedelta(hours=1)
    desk.enrol("RUTH", single_minor=100)
    desk.hears()
    unnoted = replace(desk.sign(second), certificate=word.certificate)
    desk.send(note, desk.record(event, word))
    with desk.store.database.read() as conn:
        heard = heard_by(desk.bench.events[-1].header, "WH1")
        came = arrived(conn, desk.bench.events[-1])
        asked = asked_by([word.to_json(), unnoted.to_json()])
        known = known_about(conn, asked, ROOT.public_key, came, heard)
    assert list(known.newer) == [unnoted.statement.proof]
    assert desk.verdicts() == [(event.event_id, "valid")]


def test_numbers_of_words_whose_event_never_came_are_found_by_their_notes(desk: Desk) -> None:
    lost, came, unnoted, last = (desk.written_off(n) for n in range(1, 5))
    words = [desk.sign(event) for event in (lost, came, unnoted, last)]
    desk.send(desk.note(words[0], lost), desk.note(words[1], came), desk.record(came, words[1]))
    sent = desk.record(last, words[3])
    # What is noted behind the event says nothing of what was lost before it.
    desk.send(sent, desk.note(words[2], unnoted))
    with desk.store.database.read() as conn:
        known = known_about(conn, asked_by([words[3].to_json()]), ROOT.public_key, arrived(conn, sent))
    assert known.lost == {("RUTH", desk.bench.station_id, 1): frozenset({1})}
    assert desk.verdicts() == [(came.event_id, "valid"), (last.event_id, "review")]
