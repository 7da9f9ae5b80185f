"""The keys of approvals: both made at the first start, the root needed once a year."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.policy_key import (
    first_grant,
    policy_file,
    policy_signer,
    renew_grant,
    root_file,
)
from app.domain.refusal import Refused
from sync.central.store.approval_keys import granted_key, issuer_of
from tests.sync.central.receiving import Store, store_in


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with store_in(tmp_path) as found:
        yield found


def start(store: Store, key: Path) -> Path | None:
    signer = policy_signer(store.database, key, store.ids)
    return first_grant(store.database, key, signer, store.clock, store.ids)


def number(store: Store) -> int:
    with store.database.read() as conn:
        found = granted_key(conn)
    return found[1].number if found is not None else 0


def test_the_first_start_makes_both_and_says_where_the_root_is(store: Store, tmp_path: Path) -> None:
    key = tmp_path / "centre.key"
    assert start(store, key) == root_file(key) == tmp_path / "centre.root.key"
    assert policy_file(key).stat().st_mode & 0o777 == root_file(key).stat().st_mode & 0o777 == 0o600
    assert number(store) == 1


def test_later_starts_need_no_root_and_make_nothing(store: Store, tmp_path: Path) -> None:
    key = tmp_path / "centre.key"
    start(store, key)
    root_file(key).unlink()
    assert start(store, key) is None
    assert (number(store), root_file(key).exists()) == (1, False)
    with store.database.read() as conn:
        assert issuer_of(conn, policy_signer(store.database, key, store.ids)) is not None


def test_a_lost_policy_key_is_not_made_anew_by_itself(store: Store, tmp_path: Path) -> None:
    key = tmp_path / "centre.key"
    start(store, key)
    policy_file(key).unlink()
    assert policy_signer(store.database, key, store.ids) is None
    assert not policy_file(key).exists()


def test_the_root_vouches_for_the_next_one(store: Store, tmp_path: Path) -> None:
    key, away = tmp_path / "centre.key", tmp_path / "safe.key"
    start(store, key)
    before = policy_file(key).read_text()
    root_file(key).rename(away)
    assert renew_grant(store.database, key, away, store.clock, store.ids) == 2
    assert policy_file(key).read_text() != before
    with store.database.read() as conn:
        assert issuer_of(conn, policy_signer(store.database, key, store.ids)) is not None


def test_another_root_and_none_are_refused(store: Store, tmp_path: Path) -> None:
    key = tmp_path / "centre.key"
    start(store, key)
    before = policy_file(key).read_text()
    with pytest.raises(Refused) as no:
        renew_grant(store.database, key, tmp_path / "nowhere.key", store.clock, store.ids)
    assert no.value.code == "policy_key.no_root"
    (tmp_path / "other.key").write_text("ab" * 32)
    with pytest.raises(Refused) as no:
        renew_grant(store.database, key, tmp_path / "other.key", store.clock, store.ids)
    assert no.value.code == "policy_key.other_root"
    assert (policy_file(key).read_text(), number(store)) == (before, 1)
