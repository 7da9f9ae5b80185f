"""Sealed values: bytes that were changed, moved or left without a key open nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from app.domain.refusal import Unavailable
from sync.central.store import personal
from sync.central.store.personal import PURPOSE, Vault
from sync.central.store.tables import personal_data, personal_key
from tests.sync.central.receiving import NOW, Store, store_in

VALUES = {"name": "Anna"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def test_what_was_changed_moved_or_lost_its_key_cannot_be_read(store: Store) -> None:
    with store.database.write() as conn:
        vault = Vault(conn, store.chain.derived(PURPOSE), store.ids)
        first, _ = vault.keep("R-1", None, VALUES, NOW, 5)
        second, _ = vault.keep("R-1", None, {"name": "Bea"}, NOW, 5)
        third, _ = vault.keep("R-2", None, VALUES, NOW, 5)
        assert vault.opened(personal.found(conn, first)).values == VALUES
        # A row's bytes are bound to its reference and its RMA.
        other = personal.found(conn, second)
        moved = update(personal_data).where(personal_data.c.ref == first)
        assert other is not None
        conn.execute(moved.values(sealed=other.sealed, nonce=other.nonce))
        with pytest.raises(Unavailable, match="were changed"):
            vault.opened(personal.found(conn, first))
        keys = conn.execute(select(personal_key).order_by(personal_key.c.rma)).all()
        swapped = update(personal_key).where(personal_key.c.rma == "R-2")
        conn.execute(swapped.values(sealed=keys[0].sealed, nonce=keys[0].nonce))
        with pytest.raises(Unavailable, match="another centre's key"):
            vault.opened(personal.found(conn, third))
        conn.execute(delete(personal_key))
        with pytest.raises(Unavailable, match="is gone"):
            vault.opened(personal.found(conn, second))


def test_a_key_goes_with_the_last_of_its_values(store: Store) -> None:
    with store.database.write() as conn:
        vault = Vault(conn, store.chain.derived(PURPOSE), store.ids)
        refs = [vault.keep("R-1", "c-1", VALUES, NOW, days)[0] for days in (1, 2)]
        rows = personal.of_subject(conn, rma="R-1", customer=None)
        assert [row.ref for row in personal.of_subject(conn, rma=None, customer="c-1")] == [
            row.ref for row in rows
        ]
        personal.drop(conn, [row for row in rows if row.ref == refs[0]])
        assert len(conn.execute(select(personal_key)).all()) == 1
        personal.drop(conn, [row for row in rows if row.ref == refs[1]])
        assert conn.execute(select(personal_key)).all() == []
