"""What a copy that is put back takes over of the centre that it replaces, and that its place lasts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from app.bootstrap import keeping
from app.bootstrap.keeping import Over
from app.domain.codes import CodeFamily
from app.domain.refusal import Unavailable
from app.station.system import SystemClock
from sync.central.store import erasing
from sync.central.store.database import create_database
from sync.central.store.feed import position
from sync.central.store.numbers import next_code
from sync.central.store.renewing import recalled_renewals, renewed_among
from sync.central.store.tables import event, personal_data, private_erasure, receipt, renewal, rma
from tests.postgres import Cluster, running_cluster
from tests.sync.central.shop import Shop


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as found:
        yield found


def traded(url: str) -> None:
    shop = Shop(url)
    shop.items("A")
    shop.receive({"A": 5})
    shop.database.close()


def forgotten(url: str) -> None:
    """After the copy: two renewals of a station, and somebody's name erased."""
    numbers = {"head_seq": 1, "confirmed": 1, "seen": 1}
    words = {"cause": "differs", "install_id": "i", "replaced": "i", "renewed_at": ""}
    with closing(create_database(url)) as database, database.write() as conn:
        for newer in (2, 3):
            new = {"station_id": "a" * 32, "epoch": newer, "from_epoch": newer - 1, "token": str(newer)}
            conn.execute(insert(renewal).values(**new, **numbers, **words))
        conn.execute(
            insert(event).values(
                event_id="erased",
                kind="personal.erased",
                origin="centre",
                occurred_at="",
                posted_at="",
                operator="ana",
                body='{"pii_refs": ["r-1"], "overdue": false}',
            )
        )
        spoken = list(conn.scalars(select(receipt.c.event_id).order_by(receipt.c.id).limit(1)))
        erasing.erase(conn, spoken, "erased", SystemClock().now())
        erasing.stand(conn, ["customer:c-9"], "erased", SystemClock().now())
        # What an older program found gone is nobody's word: the copy keeps what it has of that.
        found = {"event_id": "found gone", "by_event": "", "erased_at": "", "quiet": True}
        conn.execute(insert(private_erasure).values(**found))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_renewals_and_erasures_after_the_copy_are_not_forgotten(
    cluster: Cluster, tmp_path: Path, kind: str
) -> None:
    url, copy, key = f"sqlite:///{tmp_path}/centre.db", tmp_path / "copy", tmp_path / "key"
    if kind == "postgresql":
        url = cluster.database()
    traded(url)
    values = {
        "customer": None,
        "kinds": "[]",
        "nonce": b"n",
        "sealed": b"s",
        "kept_at": "",
        "keep_until": "9",
    }
    with closing(create_database(url)) as database, database.write() as conn:
        for number in (1, 2):
            conn.execute(insert(personal_data).values(ref=f"r-{number}", rma=f"RMA-{number}", **values))
    keeping.backup(url, copy, replace=False, key=None)
    forgotten(url)
    # Also a second time: then the first restored one is what is replaced.
    for _ in range(2):
        keeping.restore(url, copy, key, Over(replace=True))
        with closing(create_database(url)) as database, database.read() as conn:
            renewed = renewed_among(conn, [("a" * 32, 1), ("a" * 32, 2)])
            assert renewed == {("a" * 32, 1, 2), ("a" * 32, 1, 3), ("a" * 32, 2, 3)}
            assert recalled_renewals(conn) == [("a" * 32, 2, 1), ("a" * 32, 3, 2)]
            assert conn.scalars(select(personal_data.c.ref)).all() == ["r-2"]
            # What the events of people said that were erased since is gone, and is to be put on record.
            (first, *_) = conn.scalars(select(receipt.c.event_id).order_by(receipt.c.id))
            assert erasing.unsaid(conn) == [first]
            assert erasing.standing(conn, ["customer:c-9", "customer:c-8"]) == {"customer:c-9"}
            assert erasing.unsaid_standing(conn) == ["customer:c-9"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_code_that_a_customer_was_given_after_the_copy_is_not_given_to_another(
    cluster: Cluster, tmp_path: Path, kind: str
) -> None:
    url, copy, key = f"sqlite:///{tmp_path}/centre.db", tmp_path / "copy", tmp_path / "key"
    if kind == "postgresql":
        url = cluster.database()

    def given() -> str:
        with closing(create_database(url)) as database, database.write() as conn:
            return next_code(conn, CodeFamily.RMA, rma.c.code)

    first = given()
    keeping.backup(url, copy, replace=False, key=None)
    printed = {given(), given()}
    for _ in range(2):
        keeping.restore(url, copy, key, Over(replace=True))
    assert given() not in {first, *printed}
    with closing(create_database(url)) as database, database.read() as conn:
        assert position(conn)[1] < 10  # its feed is counted by what is in it


def test_the_place_that_a_copy_takes_lasts_or_what_was_there_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, copy, name = f"sqlite:///{tmp_path}/centre.db", tmp_path / "monday.db", "centre.db.restoring"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    traded(url)
    done, fsync, fails = list[str](), os.fsync, False

    def synced(descriptor: int) -> None:
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        if fails and done[-1] == name:
            raise OSError(5, "Input/output error")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", synced)
    keeping.restore(url, copy, None, Over(replace=True))
    assert done[-2:] == [name, tmp_path.name]
    fails = True
    with pytest.raises(Unavailable, match="was not replaced"):
        keeping.restore(url, copy, None, Over(replace=True))
    with closing(create_database(url)) as database, database.read() as conn:
        # The copy that was put back first.
        assert conn.scalar(select(func.count()).select_from(event)) == 1
    assert [*tmp_path.glob(f"{name}*")] == []


def test_what_a_copy_replaced_stays_when_the_disk_fails_once_the_copy_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, copy = f"sqlite:///{tmp_path}/centre.db", tmp_path / "monday.db"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    traded(url)

    def renamed(draft: Path, target: Path) -> None:
        draft.replace(target)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(keeping, "put_in_place", renamed)
    with pytest.raises(Unavailable, match="was not replaced"):
        keeping.restore(url, copy, None, Over(replace=True))
    with closing(create_database(f"sqlite:///{tmp_path}/centre-replaced-1.db")) as kept, kept.read() as conn:
        assert conn.scalar(select(func.count()).select_from(event)) == 2


def test_the_log_of_a_centre_that_is_gone_is_kept_and_not_taken_for_that_of_the_copy(tmp_path: Path) -> None:
    url, copy = f"sqlite:///{tmp_path}/centre.db", tmp_path / "monday.db"
    file, log = tmp_path / "centre.db", tmp_path / "centre.db-wal"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    with closing(create_database(url)) as database:
        with database.write() as conn:
            conn.execute(update(event).values(operator="lost"))
        left = log.read_bytes()
    file.unlink()
    log.write_bytes(left)
    kept = tmp_path / "centre-replaced-1.db-wal"
    assert keeping.restore(url, copy, None).replaced == str(kept)
    assert kept.read_bytes() == left
    with closing(create_database(url)) as database, database.read() as conn:
        assert conn.scalar(select(event.c.operator)) != "lost"
