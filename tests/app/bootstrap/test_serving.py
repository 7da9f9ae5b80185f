from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from app.bootstrap.serving import ended_in_order, open_centre
from app.bootstrap.whereabouts import file_of, key_file
from app.domain.refusal import Refused
from sync.central.rules.outcomes import Conflict


def at(folder: Path) -> str:
    return f"sqlite:///{folder / 'centre.db'}"


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///c.db", "c.db"),
        ("sqlite:////data/c.db", "/data/c.db"),
        ("sqlite:///c.db?timeout=3", "c.db"),
        ("sqlite+pysqlite:///c.db", "c.db"),
    ],
)
def test_a_file_is_known_by_its_address_however_that_is_written(url: str, file: str) -> None:
    assert file_of(url) == Path(file)
    assert key_file(url, None) == Path(file).with_suffix(".key")


def test_a_server_has_no_file() -> None:
    assert file_of("postgresql+psycopg://host/none") is None
    with pytest.raises(Refused, match="Expected sqlite"):
        file_of("nonsense")


def test_the_first_administrator_is_made_once(tmp_path: Path) -> None:
    with open_centre(at(tmp_path), None) as centre:
        assert centre.first_admin()
        assert centre.first_admin() is None
    with open_centre(at(tmp_path), None, must_exist=True) as centre:
        assert centre.first_admin() is None


def test_an_announced_token_ends_with_its_block_also_when_that_fails(tmp_path: Path) -> None:
    with open_centre(at(tmp_path), None) as centre:
        with centre.announced_admin() as first, centre.announced_admin() as second:
            assert first != second
        with pytest.raises(ZeroDivisionError), centre.announced_admin():
            raise ZeroDivisionError
        # Tokens were made, so that this is no new centre any more; none of them is good.
        assert centre.first_admin() is None


def test_names_and_roles_are_looked_at(tmp_path: Path) -> None:
    with open_centre(at(tmp_path), None) as centre:
        centre.new_token("planner", "Kim")
        with pytest.raises(Conflict):
            centre.new_token("planner", "Kim")
        with pytest.raises(Refused, match="role"):
            centre.new_token("king", "Lee")


def test_a_file_that_must_exist_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no file"), open_centre(at(tmp_path), None, must_exist=True):
        pytest.fail("opened nothing")
    assert list(tmp_path.iterdir()) == []


def test_a_database_server_needs_a_key_file() -> None:
    with pytest.raises(Refused, match="--key"), open_centre("postgresql+psycopg://host/none", None):
        pytest.fail("opened without a key")


def test_a_centre_goes_on_with_its_own_key_only(tmp_path: Path) -> None:
    key = tmp_path / "centre.key"

    def serve() -> None:
        with open_centre(at(tmp_path), None) as centre:
            centre.serve("127.0.0.1", 0, lambda _: os.kill(os.getpid(), signal.SIGTERM))

    serve()
    own = key.read_bytes()
    key.unlink()
    with pytest.raises(Refused, match=r"no key file .*centre\.key.*Restore centre\.key from a back-up"):
        serve()
    assert not key.exists()
    key.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(Refused, match="not the one"):
        serve()
    key.write_bytes(own)
    serve()


def test_being_told_to_stop_leaves_the_block_in_order() -> None:
    left = []
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(SystemExit) as stopped, ended_in_order():  # noqa: PT012 - the signal comes inside
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            signal.pause()
        finally:
            left.append("closed")
    assert (stopped.value.code, left) == (0, ["closed"])
    assert signal.getsignal(signal.SIGTERM) == before


def test_several_workers_need_a_database_server(tmp_path: Path) -> None:
    with open_centre(at(tmp_path), None) as centre:
        with pytest.raises(Refused) as no:
            centre.serve("127.0.0.1", 0, lambda _: pytest.fail("it serves"), workers=2)
        assert no.value.code == "serve.workers"
    assert not (tmp_path / "centre.key").exists()


def test_tokens_are_listed_and_ended(tmp_path: Path) -> None:
    with open_centre(at(tmp_path), None) as centre:
        centre.new_token("planner", "Kim", ["WH1"])
        centre.revoke("Kim")
        (found,) = centre.tokens()
        assert (found.name, found.sites, found.revoked_at is None) == ("Kim", frozenset({"WH1"}), False)
