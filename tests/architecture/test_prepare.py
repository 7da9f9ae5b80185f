"""Preparing a checkout: what is left behind when a step fails, and which Python does it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import database_server
import prepare
import pytest
import system_packages
from prepare import Preparation, alone, check_glibc, clean_environment, likely_cause
from readiness import STAMP, UNFINISHED, read_stamp, wanted_here
from system_packages import Stop

from tests.architecture.source_rules import ROOT
from tests.architecture.test_system_packages import BOOKWORM, System


class Rehearsal(Preparation):
    """A preparation whose steps are only noted down, and one of which may fail."""

    failing: tuple[str, BaseException] | None = None
    done: tuple[str, ...] = ()

    def _note(self, step: str) -> None:
        if self.failing and self.failing[0] == step:
            raise self.failing[1]
        self.done = (*self.done, step)

    def python_version(self) -> str | None:
        """As if the environment ran, once it is there."""
        return "3.11" if self.venv.exists() else None

    def make_environment(self) -> None:
        """Make the folder, marked as the real step marks it."""
        self._note("environment")
        shutil.rmtree(self.venv, ignore_errors=True)
        self.venv.mkdir()
        self.unfinished.touch()

    def install_packages(self) -> None:
        """Note it."""
        self._note("packages")

    def install_project(self) -> None:
        """Note it."""
        self._note("project")

    def check_libraries(self) -> tuple[str, ...]:
        """Find one library."""
        self._note("libraries")
        return (sys.executable,)

    def check_clock(self) -> None:
        """Find it."""

    def check_database(self) -> str:
        """Find one."""
        self._note("database")
        return sys.executable


def rehearse(
    root: Path, fails: str = "", fault: BaseException | None = None, *, database: bool = False
) -> Rehearsal:
    """Prepare a checkout as a new run of the program would."""
    rehearsal = Rehearsal(root, wanted_here(root, {}, screen=False, database=database), lock_fd=-1)
    if fault is not None:
        rehearsal.failing = (fails, fault)
        with pytest.raises(type(fault)):
            rehearsal.carry_out()
    else:
        rehearsal.carry_out()
    return rehearsal


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that was never prepared."""
    (tmp_path / "constraints.txt").write_text("a==1\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    return tmp_path


def test_the_first_run_does_everything_and_the_second_nothing(checkout: Path) -> None:
    assert rehearse(checkout).done == ("environment", "packages", "project", "libraries")
    second = rehearse(checkout)
    assert second.done == ()
    assert second.carry_out() == "ready, nothing to install"


@pytest.mark.parametrize("fault", [KeyboardInterrupt(), Stop("no network")], ids=["interrupted", "failed"])
@pytest.mark.parametrize("step", ["packages", "project"])
def test_an_install_that_did_not_finish_is_never_stamped(
    checkout: Path, step: str, fault: BaseException
) -> None:
    rehearse(checkout, step, fault)
    assert read_stamp(checkout / ".venv" / STAMP) is None
    assert (checkout / ".venv" / UNFINISHED).exists()
    assert rehearse(checkout).done == ("environment", "packages", "project", "libraries")


def test_an_update_that_did_not_finish_takes_the_old_stamp_with_it(checkout: Path) -> None:
    rehearse(checkout)
    (checkout / "constraints.txt").write_text("a==2\n", encoding="utf-8")
    rehearse(checkout, "packages", KeyboardInterrupt())
    (checkout / "constraints.txt").write_text("a==1\n", encoding="utf-8")
    assert rehearse(checkout).done[0] == "environment"


def test_missing_libraries_do_not_cost_the_packages_again(checkout: Path) -> None:
    rehearse(checkout, "libraries", Stop("run this by hand"))
    assert rehearse(checkout).done == ("libraries",)
    assert rehearse(checkout).done == ()


def test_a_server_is_looked_for_when_it_is_wanted_and_then_not_again(checkout: Path) -> None:
    rehearse(checkout)
    assert rehearse(checkout, database=True).done == ("database",)
    assert rehearse(checkout, database=True).done == ()
    assert rehearse(checkout).done == ()


def test_a_server_that_cannot_be_had_stops_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def none(*_: object) -> str:
        raise Stop("run this by hand")

    monkeypatch.setattr(database_server, "ensure", none)
    assert preparation(checkout).check_database() == ""
    assert "going on without PostgreSQL: run this by hand" in capfd.readouterr().err


def test_a_library_for_clocks_is_installed_where_it_can_be_and_stops_nothing(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    system = System({"libfaketime": "libfaketimeMT.so.1"})
    monkeypatch.setattr(prepare, "CLOCKS", ("nowhere/libfaketimeMT.so.1",))
    monkeypatch.setattr(system_packages, "this_system", lambda *_: system.apt(BOOKWORM, root=True))
    preparation(checkout).check_clock()
    assert system.installs[0].endswith("install -y --no-install-recommends libfaketime")
    system.breaks = True
    preparation(checkout).check_clock()
    assert "going on without libfaketime" in capfd.readouterr().err


def preparation(checkout: Path) -> Preparation:
    """A real one, with a descriptor to hand on."""
    return Preparation(checkout, wanted_here(checkout, {}, screen=False), lock_fd=2)


def test_a_step_that_succeeds_keeps_its_words_to_itself(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    preparation(checkout)._work("counting", ["sh", "-c", "echo one; echo two >&2"], "counting failed")
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "backhaul: counting\nbackhaul:   done in 0 s\n")


def test_a_step_that_fails_shows_them_and_closes_with_one_sentence(
    checkout: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(Stop, match=r"^counting failed; the disk is full"):
        preparation(checkout)._work(
            "counting", ["sh", "-c", "echo No space left on device >&2; exit 4"], "counting failed"
        )
    shown = capfd.readouterr()
    assert (shown.out, shown.err) == ("", "backhaul: counting\nNo space left on device\n")


def test_a_step_that_is_silent_for_long_says_that_it_is_alive(
    checkout: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prepare, "PATIENCE_S", 0.001)
    preparation(checkout)._work("counting", ["sh", "-c", "exec sleep 0.2"], "counting failed")
    assert "backhaul:   still at it, 0 s\n" in capfd.readouterr().err


def test_causes_are_read_from_what_pip_says() -> None:
    assert "network" in likely_cause("... NewConnectionError ... No matching distribution found for x")
    assert "constraints.txt" in likely_cause("THESE PACKAGES DO NOT MATCH THE HASHES FROM")
    assert likely_cause("something else") == ""


def test_pip_is_kept_inside_the_environment() -> None:
    assert clean_environment({"PIP_USER": "1", "PYTHONPATH": "/x", "HOME": "/h"}) == {"HOME": "/h"}


def test_an_old_c_library_is_refused_before_anything_is_fetched() -> None:
    check_glibc(("glibc", "2.34"))
    check_glibc(("", ""))
    with pytest.raises(Stop, match=r"2\.34.*has 2\.31$"):
        check_glibc(("glibc", "2.31"))


def test_one_run_at_a_time(checkout: Path) -> None:
    lock = checkout / "constraints.txt"
    with alone(lock), lock.open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with lock.open() as other:
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def stub(path: Path, *, version: bool, ensurepip: bool) -> None:
    """A Python that answers the two questions of .ci/prepare and otherwise says its own name."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        f"*version_info*) exit {0 if version else 1};;\n"
        f"*ensurepip*) exit {0 if ensurepip else 1};;\n"
        '*) echo "$0 $*";;\n'
        "esac\n",
        encoding="utf-8",
    )
    path.chmod(0o755)


@pytest.fixture
def entrance(tmp_path: Path) -> Path:
    """A checkout that holds nothing but .ci/prepare."""
    (tmp_path / "checkout/.ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci/prepare", tmp_path / "checkout/.ci")
    return tmp_path / "checkout"


def enter(entrance: Path, *folders: Path, system: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run .ci/prepare with a PATH of these folders and the few tools that it calls."""
    tools = entrance.parent / "tools"
    tools.mkdir(exist_ok=True)
    for name in ("sh", "dirname"):
        if not (tools / name).exists():
            (tools / name).symlink_to(shutil.which(name) or name)
    path = os.pathsep.join(map(str, [*folders, tools]))
    return subprocess.run(
        [tools / "sh", entrance / ".ci/prepare", "--screen"],
        env={"PATH": path} | ({"BACKHAUL_SYSTEM_FOLDER": str(system)} if system is not None else {}),
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_first_python_that_is_new_enough_and_whole_is_taken(entrance: Path) -> None:
    first, second = entrance.parent / "first", entrance.parent / "second folder"
    stub(first / "python3.11", version=False, ensurepip=True)
    stub(first / "python3.12", version=True, ensurepip=False)
    stub(second / "python3.13", version=True, ensurepip=True)
    stub(second / "python3", version=True, ensurepip=True)
    entered = enter(entrance, first, second)
    assert entered.stdout == f"{second}/python3.13 -E -s -B .ci/prepare.py --screen\n"
    assert (entered.returncode, entered.stderr) == (0, "")


def test_the_systems_own_comes_before_that_of_a_version_switcher(entrance: Path) -> None:
    switcher, system = entrance.parent / "shims", entrance.parent / "bin"
    for folder in (switcher, system):
        stub(folder / "python3.11", version=True, ensurepip=True)
    assert enter(entrance, switcher, system, system=system).stdout.startswith(f"{system}/python3.11 ")
    assert enter(entrance, switcher, system=system).stdout.startswith(f"{switcher}/python3.11 ")


def test_the_system_s_is_completed_only_where_no_other_is_complete(entrance: Path) -> None:
    switcher, system, admin = (entrance.parent / name for name in ("shims", "bin", "admin"))
    stub(system / "python3.11", version=True, ensurepip=False)
    stub(switcher / "python3.12", version=True, ensurepip=True)
    admin.mkdir()
    # Whoever runs this may install: that alone is no reason to.
    for name, says in (("apt-get", ""), ("id", "echo 0")):
        (admin / name).write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
        (admin / name).chmod(0o755)
    whole = enter(entrance, admin, system, switcher, system=system).stdout
    assert whole.startswith(f"{switcher}/python3.12 ")
    stub(switcher / "python3.12", version=True, ensurepip=False)
    assert enter(entrance, admin, switcher, system, system=system).stdout.startswith(f"{system}/python3.11 ")


def test_one_without_ensurepip_is_better_than_none(entrance: Path) -> None:
    folder = entrance.parent / "bin"
    stub(folder / "python3.12", version=True, ensurepip=False)
    assert enter(entrance, folder).stdout.startswith(f"{folder}/python3.12 ")


def test_no_python_is_said_in_one_sentence(entrance: Path) -> None:
    folder = entrance.parent / "bin"
    stub(folder / "python3", version=False, ensurepip=True)
    entered = enter(entrance, folder)
    assert (entered.returncode, entered.stdout) == (1, "")
    assert entered.stderr.startswith("backhaul: Python 3.11 or newer is needed and none was found;")
    assert entered.stderr.count("\n") == 1


def test_an_environment_that_says_it_is_ready_ends_the_matter(entrance: Path) -> None:
    (entrance / ".venv").mkdir()
    stub(entrance / ".venv/bin/python", version=True, ensurepip=True)
    entered = enter(entrance)
    assert (entered.returncode, entered.stderr) == (0, "backhaul: ready, nothing to install\n")
