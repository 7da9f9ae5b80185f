"""A centre of one's own: it begins within its time or leaves nothing behind."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import centre
from app.bootstrap.centre import CentreClient, EmbeddedCentre
from app.domain.refusal import Refused, Unavailable
from tests.simulation.world import wait_until

SAYS_ITS_PID = "import os, pathlib; pathlib.Path('pid').write_text(str(os.getpid())); "


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the pretended centres write their pid into."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pretended(program: str) -> tuple[str, ...]:
    return (sys.executable, "-c", SAYS_ITS_PID + program)


def is_gone(here: Path) -> bool:
    try:
        os.kill(int((here / "pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit('no room on the disk')", "did not start: no room on the disk"),
        ("pass", "it said nothing"),
        ("print('hello', flush=True); input()", "did not say where it is"),
        ("print('{\"url\": 7}', flush=True); input()", "did not say where it is"),
        ("print('[]', flush=True); input()", "did not say where it is"),
    ],
)
def test_a_start_that_goes_wrong_is_a_sentence_and_no_process(here: Path, program: str, said: str) -> None:
    with pytest.raises(Unavailable, match=said):
        EmbeddedCentre(here / "centre", pretended(program))
    assert is_gone(here)


def test_a_centre_that_never_announces_is_given_up(here: Path) -> None:
    with pytest.raises(Unavailable, match=r"did not start within 2 s; see .*centre\.log"):
        EmbeddedCentre(here / "centre", pretended("input()"), start_s=2)
    assert is_gone(here)


def test_one_that_does_not_end_when_asked_is_ended(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centre, "_STOP_S", 0.2)
    deaf = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    )
    with pytest.raises(Unavailable):
        EmbeddedCentre(here / "centre", pretended(deaf))
    assert is_gone(here)


def test_a_place_or_a_program_that_is_not_there_is_a_sentence(here: Path) -> None:
    (here / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be started"):
        EmbeddedCentre(here / "file" / "centre")
    with pytest.raises(Unavailable, match="cannot be started"):
        EmbeddedCentre(here / "centre", (str(here / "none"),))


def live_tokens(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "centre.db")) as database:
        found = database.execute("select name from token where revoked_at is null").fetchall()
    return [name for (name,) in found]


def test_a_centre_answers_its_client_and_its_token_ends_with_it(tmp_path: Path) -> None:
    with EmbeddedCentre(tmp_path) as first, CentreClient(first.url, first.token) as client:
        assert client.get("/audit").objects("violations") == ()
        assert len(live_tokens(tmp_path)) == 1
    assert live_tokens(tmp_path) == []
    with EmbeddedCentre(tmp_path) as second:
        with CentreClient(second.url, first.token) as client, pytest.raises(Refused):
            client.get("/audit")
        with CentreClient(second.url, second.token) as client:
            client.get("/audit")
            # The database was empty of live tokens, so that what is live is this run's alone.
            assert len(live_tokens(tmp_path)) == 1
        second.stop()
        second.stop()
    with CentreClient(second.url, second.token) as client, pytest.raises(Unavailable, match="did not answer"):
        client.get("/audit")


def test_a_centre_ends_with_whoever_started_it(tmp_path: Path) -> None:
    starter = (
        "import sys, pathlib; from app.bootstrap.centre import EmbeddedCentre;"
        "c = EmbeddedCentre(pathlib.Path(sys.argv[1])); print(c.url, c.token, flush=True);"
        "input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", starter, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        url, token = parent.stdout.readline().split()
        with CentreClient(url, token) as client:
            client.get("/audit")
        parent.kill()
    wait_until(lambda: not live_tokens(tmp_path), 30, "the centre's end")


def test_the_address_is_not_on_the_command_line(here: Path) -> None:
    told = "import os, sys; sys.exit(f\"{os.environ['BACKHAUL_DB']} {'secret' in str(sys.argv)}\")"
    with pytest.raises(Unavailable, match=r"postgresql://me:secret@host/c False"):
        EmbeddedCentre(here / "centre", pretended(told), database="postgresql://me:secret@host/c")
