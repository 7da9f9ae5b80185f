"""One root for good; each policy key for a year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.domain.approvals import POLICY_KEY_TAG
from app.domain.refusal import Refused
from sync.central.store.approval_keys import (
    grant_key,
    granted_key,
    issuer_of,
    require_issuer,
    root_key,
)
from sync.central.store.tables import feed
from tests.approvals.world import OTHER_POLICY, OTHER_ROOT, POLICY, ROOT
from tests.sync.central.receiving import Store, store_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def test_before_the_first_grant_nobody_issues(store: Store) -> None:
    with store.database.read() as conn:
        assert root_key(conn) is None
        assert granted_key(conn) is None
        assert issuer_of(conn, POLICY) is None
        assert issuer_of(conn, None) is None
    with pytest.raises(Refused) as no:
        require_issuer(None, store.clock.now())
    assert no.value.code == "policy_key.missing"


def test_the_root_is_pinned_by_the_first_grant(store: Store) -> None:
    now = store.clock.now()
    with store.database.write() as conn:
        grant_key(conn, ROOT, POLICY, now)
        found = granted_key(conn)
        assert found is not None
        assert found[0].holds(POLICY_KEY_TAG, ROOT.public_key)
        assert root_key(conn) == ROOT.public_key
    with pytest.raises(Refused) as no, store.database.write() as conn:
        grant_key(conn, OTHER_ROOT, OTHER_POLICY, now)
    assert no.value.code == "policy_key.other_root"


def test_a_new_key_takes_the_place_of_the_former(store: Store) -> None:
    now = store.clock.now()
    with store.database.write() as conn:
        grant_key(conn, ROOT, POLICY, now)
        assert grant_key(conn, ROOT, OTHER_POLICY, now).number == 2
        assert issuer_of(conn, POLICY) is None
        issuer = issuer_of(conn, OTHER_POLICY)
        kinds = list(conn.scalars(select(feed.c.kind).order_by(feed.c.pos)))
    assert issuer is not None
    assert kinds == ["approval_root", "policy_key"] * 2
    assert require_issuer(issuer, now) is issuer
    with pytest.raises(Refused) as no:
        require_issuer(issuer, now + timedelta(days=367))
    assert no.value.code == "policy_key.ended"
