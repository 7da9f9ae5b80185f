"""A centre's store with a policy key, that makes checkpoints when it is told to."""

from __future__ import annotations

from datetime import datetime

from sync.central.store import checkpoints
from sync.central.store.approval_keys import Issuer, grant_key, issuer_of
from sync.central.store.checkpoints import Kept
from sync.central.store.feed import Record, publish
from tests.approvals.world import POLICY, ROOT
from tests.sync.central.receiving import Bench, Store


def granted(store: Store) -> None:
    """Puts a policy key in use."""
    with store.database.write() as conn:
        grant_key(conn, ROOT, POLICY, store.clock.now())


def announce(store: Store, count: int, name: str = "note") -> None:
    """So many records in the feed that no law asks about."""
    with store.database.write() as conn:
        publish(conn, [Record("tariff", f"{name}-{n}", {"n": n}) for n in range(count)])


def worked(store: Store, bench: Bench, events: int) -> None:
    """So many events of a bench."""
    store.push(bench, bench.work(events))


def issuer(store: Store) -> Issuer:
    """The policy key of the store."""
    with store.database.read() as conn:
        found = issuer_of(conn, POLICY)
    assert found is not None
    return found


def vouch(store: Store, now: datetime | None = None) -> Kept:
    """The next checkpoint."""
    key = issuer(store)
    with store.database.write() as conn:
        while checkpoints.make(conn, key, now or store.clock.now()) is None:
            pass
    with store.database.read() as conn:
        kept = checkpoints.newest(conn)
    assert kept is not None
    return kept
