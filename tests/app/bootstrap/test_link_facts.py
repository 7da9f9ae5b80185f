"""What the sync says reaches the first pill, with its reason."""

from __future__ import annotations

from datetime import UTC, datetime

from app.bootstrap.sync_port import link_facts
from app.workflows.view import Link as Pill
from sync.client.state import Link, SyncState

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_the_clocks_are_spoken_of_while_online() -> None:
    found = link_facts(SyncState(Link.ONLINE, NOW, 0, "The clocks are apart."))
    assert (found.link, found.stopped, found.note) == (Pill.ONLINE, "", "The clocks are apart.")


def test_why_nobody_answers_is_said_beside_offline() -> None:
    found = link_facts(SyncState(Link.OFFLINE, NOW, 3, "Nobody answers."))
    assert (found.link, found.stopped, found.note) == (Pill.OFFLINE, "", "Nobody answers.")


def test_a_stop_is_a_stop() -> None:
    found = link_facts(SyncState(Link.STOPPED, NOW, 3, "Records differ."))
    assert (found.stopped, found.note) == ("Records differ.", "")
