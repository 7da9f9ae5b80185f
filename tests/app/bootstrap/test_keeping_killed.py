"""A restore that is killed anywhere: what `serve` opens is the old centre, the copy, or nothing."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap import keeping
from app.bootstrap.keeping import Over
from app.bootstrap.serving import open_centre
from app.domain.refusal import Refused, Unavailable
from sync.central.store import archive, under_way
from sync.central.store.database import create_database
from tests.app.bootstrap.test_keeping import held, lite, minutes, schemas, traded
from tests.damage import damaged_with_log
from tests.killing import killed_at_each_place, said_by
from tests.postgres import Cluster, running_cluster

STEPS = (
    (archive, "generation_of"),
    (keeping, "create_database"),
    (keeping, "_begin"),
    (keeping, "audit"),
    (under_way, "finish"),
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as found:
        yield found


def served(url: str, key: Path) -> tuple[int, int]:
    """Events and the generation of the feed, after the centre was opened as it is served."""
    with open_centre(url, key):
        pass
    return held(url)


def house(folder: Path) -> tuple[str, Path, Path]:
    """A centre that worked on after its copy was made; where it is, its key and the copy."""
    (folder / "house").mkdir()
    url, key, copy = lite(folder / "house"), folder / "house" / "centre.key", folder / "copy.db"
    traded(url)
    key.write_text("07" * 32, encoding="ascii")
    keeping.backup(url, copy, replace=False, key=None)
    traded(url)
    return url, key, copy


def test_killed_anywhere_a_file_is_the_old_centre_or_the_copy_in_a_new_generation(tmp_path: Path) -> None:
    url, key, copy = house(tmp_path)
    shutil.copytree(tmp_path / "house", tmp_path / "before")
    least, found = minutes(), list[object]()

    def ready() -> None:
        shutil.rmtree(tmp_path / "house")
        shutil.copytree(tmp_path / "before", tmp_path / "house")

    def restore() -> None:
        keeping.restore(url, copy, key, Over(replace=True))

    for _ in killed_at_each_place(restore, ready, *STEPS):
        found.append(served(url, key))
    events = {one if one == (2, 1) else one[0] for one in found if isinstance(one, tuple)}
    assert events == {(2, 1), 1}
    assert all(one == (2, 1) or one[1] >= least for one in found if isinstance(one, tuple))
    assert found[0] == (2, 1)
    assert found[-1] != (2, 1)


def test_a_file_too_damaged_to_read_is_kept_aside_as_it_is(tmp_path: Path) -> None:
    url, key, copy = house(tmp_path)
    file, least = tmp_path / "house" / "centre.db", minutes()
    file.write_bytes(b"no database, but as long as one" * 200)
    done = keeping.restore(url, copy, key, Over(replace=True))
    assert Path(done.replaced).read_bytes().startswith(b"no database")
    events, generation = served(url, key)
    assert events == 1
    assert generation >= least


def test_a_damaged_file_that_was_not_replaced_has_its_log_and_goes_aside_with_it_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, key, copy = house(tmp_path)
    file = tmp_path / "house" / "centre.db"
    damaged_with_log(file, "UPDATE counter SET value = value")
    before = {path.name: path.read_bytes() for path in file.parent.iterdir()}

    def broken(*_: Path) -> None:
        raise OSError(errno.EIO, "the disk")

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "put_in_place", broken)
        with pytest.raises(Unavailable, match=r"centre\.db was not replaced"):
            keeping.restore(url, copy, key, Over(replace=True))
    assert {path.name: path.read_bytes() for path in file.parent.iterdir()} == before
    aside = Path(keeping.restore(url, copy, key, Over(replace=True)).replaced)
    assert aside.name == "centre-replaced-1.db"
    assert aside.read_bytes() == before["centre.db"]
    assert aside.with_name("centre-replaced-1.db-wal").read_bytes() == before["centre.db-wal"]
    assert served(url, key)[0] == 1


def test_killed_anywhere_on_a_new_machine_no_empty_centre_is_begun(tmp_path: Path) -> None:
    url, key, copy = house(tmp_path)
    key.rename(tmp_path / "kept.key")
    least = minutes()

    def ready() -> None:
        shutil.rmtree(tmp_path / "house")
        (tmp_path / "house").mkdir()
        # Whoever follows the book brings the key first.
        shutil.copyfile(tmp_path / "kept.key", key)

    said = [
        said_by(lambda: served(url, key)[1] >= least)
        for _ in killed_at_each_place(lambda: keeping.restore(url, copy, key), ready)
    ]
    assert set(said) == {"central.gone", True}
    assert said[-1] is True


def test_killed_anywhere_a_database_is_whole_or_refused_and_the_next_restore_goes_on(
    cluster: Cluster, tmp_path: Path
) -> None:
    url, key, copy = cluster.database(), tmp_path / "key", tmp_path / "monday.dump"
    traded(url)
    key.write_text("07" * 32, encoding="ascii")
    keeping.backup(url, copy, replace=False, key=None)

    def restore() -> int:
        return keeping.restore(url, copy, key, Over(replace=True)).generation

    said, known = set[object](), restore()
    # Each try begins where the one before was killed, and the last goes through.
    for place in killed_at_each_place(restore, lambda: None, *STEPS):
        found = said_by(lambda: served(url, key))
        if isinstance(found, tuple):
            # The one before, or the new one: never the copy in the generation that it was made in.
            assert found[1] == known if place else found[1] > known
        said.add(found if isinstance(found, str) else "whole")
    assert said == {"restore.unfinished", "whole"}
    assert schemas(url) == ["public", "replaced_1", "replaced_2"]


def test_an_unfinished_restore_of_a_database_stands_in_the_way_of_everything_but_the_next(
    cluster: Cluster, tmp_path: Path
) -> None:
    url, key, copy = cluster.database(), tmp_path / "key", tmp_path / "monday.dump"
    traded(url)
    keeping.backup(url, copy, replace=False, key=None)
    archive.load(url, copy, replace=True)
    for asked in (
        lambda: served(url, key),
        lambda: keeping.migrate(url, None),
        lambda: keeping.backup(url, tmp_path / "half.dump", replace=False, key=None),
    ):
        assert said_by(asked) == "restore.unfinished"
    # Tables that are gone altogether are a centre that was put aside, and no place for a new one.
    archive.take_back(url, "replaced_1")
    assert served(url, key) == (1, 1)


@pytest.mark.parametrize("left", ["centre.key", "centre.db.restoring", "centre-replaced-1.db"])
def test_where_a_centre_was_no_new_one_is_begun(tmp_path: Path, left: str) -> None:
    url = lite(tmp_path)
    (tmp_path / left).write_text("07" * 32, encoding="ascii")
    for begun in (lambda: served(url, tmp_path / "centre.key"), lambda: keeping.migrate(url, None)):
        with pytest.raises(Refused, match="backhaul central restore FILE") as no:
            begun()
        assert (no.value.code, left in str(no.value)) == ("central.gone", True)
    assert [path.name for path in tmp_path.iterdir()] == [left]
    (tmp_path / left).unlink()
    assert served(url, tmp_path / "centre.key") == (0, 1)


def test_a_database_whose_centre_was_put_aside_is_no_place_for_a_new_one(
    cluster: Cluster, tmp_path: Path
) -> None:
    url, key = cluster.database(), tmp_path / "key"
    key.write_text("07" * 32, encoding="ascii")
    assert said_by(lambda: served(url, key)) == "central.gone"
    key.unlink()
    create_database(url).close()
    archive.dump(url, tmp_path / "copy.dump")
    archive.load(url, tmp_path / "copy.dump", replace=True)
    archive.take_back(url, "")
    with pytest.raises(Refused, match="replaced_1") as no:
        served(url, key)
    assert no.value.code == "central.gone"
