"""A centre is brought to a version, copied while it works, and put back so that stations notice."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, select, text

from app.bootstrap import keeping, sqlite
from app.bootstrap.keeping import Over
from app.bootstrap.serving import open_centre
from app.domain.refusal import Refused, Unavailable
from app.domain.signing import Ed25519Signer
from app.station.system import SystemClock
from sync.central.audit import audit
from sync.central.store.database import create_database
from sync.central.store.feed import position
from sync.central.store.renewing import expected_heads
from sync.central.store.tables import event, past_chain, station
from sync.central.tokens import principal_of
from tests.postgres import Cluster, running_cluster
from tests.sync.central.receiving import Bench, store_in
from tests.sync.central.shop import Shop


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as found:
        yield found


@contextmanager
def trading(url: str) -> Iterator[Shop]:
    shop = Shop(url)
    try:
        yield shop
    finally:
        shop.database.close()


def traded(url: str) -> None:
    with trading(url) as shop:
        shop.items("A")
        shop.receive({"A": 5})


def lite(folder: Path, name: str = "centre") -> str:
    return f"sqlite:///{folder / name}.db"


def held(url: str) -> tuple[int, int]:
    """Events, and the feed's generation; every law holds."""
    with closing(create_database(url)) as database:
        assert audit(database).holds
        with database.read() as conn:
            return len(conn.execute(select(event)).all()), position(conn)[0]


def refused(url: str, source: Path, *, key: Path | None = None, replace: bool = False) -> str:
    with pytest.raises(Refused) as no:
        keeping.restore(url, source, key, Over(replace))
    return no.value.code


def test_a_file_is_copied_while_the_centre_works_and_comes_back_in_a_new_generation(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "monday.db"
    with trading(url) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        keeping.backup(url, copy, replace=False, key=None)
        shop.receive({"A": 7})
    assert held(url) == (2, 1)
    done = keeping.restore(lite(tmp_path, "second"), copy, None)
    assert done.replaced == ""
    assert "Put the centre's key" in done.left_to_do[0]
    assert held(lite(tmp_path, "second")) == (1, done.generation)
    assert not list(tmp_path.glob("*.restoring"))


def test_the_key_travels_only_when_asked_and_stays_private(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "monday.db"
    with open_centre(url, None) as centre:
        centre.first_admin()
    (tmp_path / "centre.key").write_text("07" * 32, encoding="ascii")
    traded(url)
    keeping.backup(url, copy, replace=False, key=tmp_path / "centre.key")
    kept = keeping.beside(copy)
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    done = keeping.restore(lite(tmp_path, "second"), copy, None)
    assert (tmp_path / "second.key").read_text("ascii") == "07" * 32
    assert done.left_to_do == (
        "No centre before it could be read: shut out again whom you shut out since the copy.",
        "Make new tokens, each for the same person: backhaul central token --role ROLE --name NAME.",
    )
    other = tmp_path / "other.key"
    other.write_text("08" * 32, encoding="ascii")
    done = keeping.restore(lite(tmp_path, "third"), copy, other)
    assert "not this centre's" in done.left_to_do[0]


def test_how_far_the_replaced_centre_was_is_remembered(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "copy.db"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    database = create_database(url)
    with database.write() as conn:
        conn.execute(
            insert(station).values(
                station_id="a" * 32,
                name="B",
                bench=9,
                public_key="00",
                install_id="i",
                site="",
                owner="",
                epoch=2,
                head_seq=7,
                head_hash="ab",
                enrolled_at="",
            )
        )
        conn.execute(insert(past_chain).values(station_id="a" * 32, epoch=1, head_seq=4, head_hash="cd"))
    database.close()
    keeping.restore(url, copy, None, Over(replace=True))
    database = create_database(url)
    with database.read() as conn:
        assert expected_heads(conn) == {("a" * 32, 1): 4, ("a" * 32, 2): 7}
    database.close()


def test_a_token_revoked_after_the_copy_is_not_good_again(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "monday.db"
    with open_centre(url, None) as centre:
        gone, kim = centre.new_token("integrator", "leaver"), centre.new_token("planner", "Kim")
        centre.new_token("auditor", "ended")
        centre.revoke("ended")
    keeping.backup(url, copy, replace=False, key=None)
    with open_centre(url, None) as centre:
        centre.revoke("leaver")
    done = keeping.restore(url, copy, None, Over(replace=True))
    assert sorted(done.ended) == ["Kim", "leaver"]
    assert (holder(url, gone), holder(url, kim)) == (None, None)
    with open_centre(url, None) as centre:
        # Whoever has the machine lets people in again; nobody is made administrator by the way.
        assert centre.first_admin() is None
        assert holder(url, centre.new_token("admin", "admin-2")) == "admin-2"
    done = keeping.restore(url, copy, None, Over(replace=True, keep_tokens=True))
    assert done.ended == ()
    assert not any("tokens" in sentence for sentence in done.left_to_do)
    assert (holder(url, gone), holder(url, kim)) == ("leaver", "Kim")


def holder(url: str, token: str) -> str | None:
    with closing(create_database(url)) as database, database.read() as conn:
        found = principal_of(conn, token, SystemClock().now())
    return found.name if found is not None else None


def test_a_station_goes_on_and_a_code_of_the_copy_lets_nobody_in(tmp_path: Path) -> None:
    copy, late = tmp_path / "monday.db", Bench(Ed25519Signer(bytes([2] * 32)), "b" * 32)
    url = lite(tmp_path)
    with store_in(tmp_path, url) as store:
        store.enrol(Bench())
        waiting = store.code()
        keeping.backup(url, copy, replace=False, key=None)
        store.enrol(late, waiting)
    keeping.restore(url, copy, None, Over(replace=True))
    with store_in(tmp_path, url) as store:
        assert store.station(Bench()).bench == 1
        with pytest.raises(Refused) as no:
            store.enrol(late, waiting)
        assert no.value.code == "enrol.code"
        assert store.enrol(late).bench == "02"


def test_what_is_there_is_not_overwritten_unless_asked_and_then_kept(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "monday.db"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    with pytest.raises(Refused, match="is there already"):
        keeping.backup(url, copy, replace=False, key=None)
    with pytest.raises(Refused, match="is there already"):
        keeping.backup(url, tmp_path / "centre.db", replace=True, key=None)
    keeping.backup(url, copy, replace=True, key=None)
    traded(url)
    assert refused(url, copy) == "restore.target"
    # With the same library as the tool: two of them in one process do not see each other's locks.
    with closing(create_database(url, sqlite.choose().module)):
        assert refused(url, copy, replace=True) == "restore.in_use"
    assert held(url) == (2, 1)
    done = keeping.restore(url, copy, None, Over(replace=True))
    assert held(url) == (1, done.generation)
    assert held(f"sqlite:///{done.replaced}") == (2, 1)


def test_a_copy_that_breaks_a_law_is_not_put_back(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "monday.db"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    with closing(sqlite3.connect(copy)) as spoiler, spoiler:
        spoiler.execute("UPDATE balance SET qty = qty + 1")
    assert refused(url, copy, replace=True) == "restore.audit"
    assert held(url) == (1, 1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["centre.db", "monday.db"]


def test_a_copy_that_is_put_back_twice_begins_another_generation_each_time(tmp_path: Path) -> None:
    url, copy = lite(tmp_path), tmp_path / "monday.db"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    done = [keeping.restore(url, copy, None, Over(replace=True)).generation for _ in range(3)]
    assert (done, held(url)) == (sorted(set(done)), (1, done[-1]))
    assert len(done) == 3


def minutes() -> int:
    """The least generation that a restore begins from now on."""
    return int((SystemClock().now() - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds()) // 60


def test_a_copy_put_back_where_nothing_tells_of_the_replaced_begins_a_generation_nobody_met(
    tmp_path: Path,
) -> None:
    url, copy, least = lite(tmp_path), tmp_path / "monday.db", minutes()
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    assert keeping.restore(lite(tmp_path, "fresh"), copy, None).generation >= least
    # What is replaced may be an empty database of something else.
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE notes (x)")
    assert keeping.restore(lite(tmp_path, "other"), copy, None, Over(replace=True)).generation >= least


def test_a_dump_that_is_put_back_twice_begins_another_generation_each_time(
    cluster: Cluster, tmp_path: Path
) -> None:
    url, copy, key = cluster.database(), tmp_path / "monday.dump", tmp_path / "key"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    done = [keeping.restore(url, copy, key, Over(replace=True)).generation for _ in range(2)]
    assert held(url) == (1, max(done[0] + 1, done[1]))
    least, other = minutes(), cluster.database()
    engine = create_engine(other)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE notes (x int)"))
    engine.dispose()
    assert keeping.restore(other, copy, key, Over(replace=True)).generation >= least


def spoil(url: str, by: int) -> None:
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE balance SET qty = qty + :by"), {"by": by})
    engine.dispose()


def schemas(url: str) -> list[str]:
    engine = create_engine(url)
    with engine.connect() as conn:
        asked = (
            "SELECT DISTINCT schemaname FROM pg_tables WHERE schemaname !~ '^(pg_|information_)' ORDER BY 1"
        )
        found = list(conn.scalars(text(asked)))
    engine.dispose()
    return found


def test_a_dump_that_breaks_a_law_is_taken_out_again(cluster: Cluster, tmp_path: Path) -> None:
    url, copy, key = cluster.database(), tmp_path / "bad.dump", tmp_path / "key"
    traded(url)
    spoil(url, 1)
    keeping.backup(url, copy, replace=False, key=None)
    spoil(url, -1)
    with pytest.raises(Refused, match="what was there is as it was") as no:
        keeping.restore(url, copy, key, Over(replace=True))
    assert no.value.code == "restore.audit"
    assert (held(url), schemas(url)) == ((1, 1), ["public"])
    empty = cluster.database()
    assert refused(empty, copy, key=key) == "restore.audit"
    assert schemas(empty) == []


def test_a_dump_made_after_a_restore_holds_the_centre_alone(cluster: Cluster, tmp_path: Path) -> None:
    url, key = cluster.database(), tmp_path / "key"
    traded(url)
    for number in (1, 2):
        copy = tmp_path / f"{number}.dump"
        keeping.backup(url, copy, replace=False, key=None)
        assert keeping.restore(url, copy, key, Over(replace=True)).replaced == f"replaced_{number}"
    assert held(url)[0] == 1
    assert schemas(url) == ["public", "replaced_1", "replaced_2"]


def test_what_is_no_copy_of_that_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database " * 100)
    assert refused(lite(tmp_path), tmp_path / "notes.txt") == "restore.source"
    assert refused(lite(tmp_path), tmp_path / "none") == "restore.source"
    with pytest.raises(Refused, match="no file"):
        keeping.backup(lite(tmp_path), tmp_path / "copy.db", replace=False, key=None)


def test_a_postgresql_centre_is_dumped_and_comes_back(cluster: Cluster, tmp_path: Path) -> None:
    url, copy, key = cluster.database(), tmp_path / "monday.dump", tmp_path / "key"
    key.write_text("07" * 32, encoding="ascii")
    with trading(url) as shop:
        shop.items("A")
        shop.receive({"A": 5})
        keeping.backup(url, copy, replace=False, key=None)
        shop.receive({"A": 7})
    empty = cluster.database()
    done = keeping.restore(empty, copy, key)
    assert done.replaced == ""
    assert "--service-role" in done.left_to_do[-1]
    assert held(empty) == (1, done.generation)
    assert refused(url, copy, key=key) == "restore.target"
    with closing(create_database(url)):
        assert refused(url, copy, key=key, replace=True) == "restore.in_use"
    done = keeping.restore(url, copy, key, Over(replace=True))
    assert held(url) == (1, done.generation)
    engine = create_engine(url)
    with engine.connect() as conn:
        conn.execute(text(f"SET search_path TO {done.replaced}"))
        assert len(conn.execute(select(event)).all()) == 2
    engine.dispose()


def test_a_dump_that_cannot_be_read_leaves_what_was_there(cluster: Cluster, tmp_path: Path) -> None:
    url, torn, key = cluster.database(), tmp_path / "torn.dump", tmp_path / "key"
    traded(url)
    torn.write_bytes(b"PGDMP and nothing else")
    with pytest.raises(Unavailable, match="pg_restore"):
        keeping.restore(url, torn, key, Over(replace=True))
    assert held(url) == (1, 1)


def test_without_postgresqls_programs_it_is_refused_in_plain_words(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(Refused, match="There is no pg_dump"):
        keeping.backup(cluster.database(), tmp_path / "c.dump", replace=False, key=None)


def test_migrating_says_from_where_to_where(cluster: Cluster, tmp_path: Path) -> None:
    first = keeping.migrate(lite(tmp_path), None)
    assert (first.before, first.changed, first.copy) == ("", True, None)
    assert not keeping.migrate(lite(tmp_path), None).changed
    url, role = cluster.database(), cluster.role()
    assert keeping.migrate(url, role).now == first.now
    traded(url.replace("backhaul@", f"{role}@"))
