"""Makes this checkout ready to run: `.venv` with the locked packages, and the system libraries that Qt loads.

For tests and measurements also a PostgreSQL server, where that can be done. Everything done is written into a
stamp inside `.venv`; a later run that finds it true does nothing and needs no network. Standard library only,
Python 3.11 or newer, POSIX. All talk is on stderr: stdout belongs to the command that follows.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import database_server
import system_packages
from readiness import (
    STAMP,
    UNFINISHED,
    Plan,
    Stamp,
    Wanted,
    plan,
    read_stamp,
    ready,
    version_numbers,
    wanted_here,
    write_stamp,
)
from system_packages import Stop

ROOT = Path(__file__).resolve().parent.parent
OLDEST_GLIBC = (2, 34)
PATIENCE_S = 10.0
"""How long a step may stay silent before it says that it is still at work, in seconds."""
CLOCK = "libfaketime"
CLOCKS = ("lib*/*/faketime/libfaketimeMT.so.1", "lib*/faketime/libfaketimeMT.so.1")
"""Where systems keep that library, below /usr."""
NOT_READY = 3
INTERRUPTED = 130

WIDGETS = ("QtWidgets.abi3.so", "QtGui.abi3.so", "QtSvg.abi3.so", "QtPrintSupport.abi3.so")
PLATFORMS: Mapping[str, str] = {
    "offscreen": "libqoffscreen.so",
    "xcb": "libqxcb.so",
    "wayland": "libqwayland.so",
}


def say(text: str) -> None:
    """Tell the person at the terminal one thing."""
    sys.stderr.write(f"backhaul: {text}\n")
    sys.stderr.flush()


class Preparation:
    """One making-ready of a checkout; the steps, in the order in which a plan names them."""

    def __init__(self, root: Path, wanted: Wanted, lock_fd: int) -> None:
        self.root = root
        self.wanted = wanted
        self.lock_fd = lock_fd
        self.venv = root / ".venv"
        self.python = self.venv / "bin" / "python"
        self.stamp_path = self.venv / STAMP
        self.unfinished = self.venv / UNFINISHED

    def python_version(self) -> str | None:
        """The version of the environment's Python when it runs and has pip, else None."""
        code = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
        answer = system_packages.run_quietly([str(self.python), "-E", "-c", code])
        return answer.output.strip() if answer.code == 0 else None

    def carry_out(self) -> str:
        """Bring the environment to what is wanted; say in one line what happened.

        Raises:
            Stop: it could not be done.
        """
        started = time.monotonic()
        stamp = read_stamp(self.stamp_path)
        python = self.python_version()
        steps = plan(stamp, self.wanted, python, finished=not self.unfinished.exists())
        if not steps:
            return "ready, nothing to install"
        if steps.environment:
            self.make_environment()
        if steps.packages or steps.project:
            self.stamp_path.unlink(missing_ok=True)
            self.unfinished.touch()
        if steps.packages:
            self.install_packages()
        if steps.project:
            self.install_project()
        self.unfinished.unlink(missing_ok=True)
        # Stamped in two parts: when a person must install libraries by hand, the packages are not done again.
        proved = Stamp(
            root=self.wanted.root,
            python=self.python_version() or "0.0",
            lock=self.wanted.lock,
            project=self.wanted.project,
            platforms=() if stamp is None or steps.libraries else stamp.platforms,
            libraries=() if stamp is None or steps.libraries else stamp.libraries,
            server="" if stamp is None or steps.database else stamp.server,
        )
        write_stamp(self.stamp_path, proved)
        if steps.libraries:
            libraries = self.check_libraries()
            platforms = tuple(sorted(self.wanted.platforms))
            proved = replace(proved, platforms=platforms, libraries=libraries)
            write_stamp(self.stamp_path, proved)
        if steps.database:
            self.check_clock()
            write_stamp(self.stamp_path, replace(proved, server=self.check_database()))
        return f"ready after {time.monotonic() - started:.0f} s: {self._done(steps)}"

    def _done(self, steps: Plan) -> str:
        parts = ["new environment in .venv"] if steps.environment else []
        parts += ["locked packages installed"] if steps.packages else []
        parts += ["project renewed"] if steps.project and not steps.packages else []
        parts += ["system libraries complete"] if steps.libraries else []
        parts += ["looked for PostgreSQL"] if steps.database else []
        return ", ".join(parts)

    def make_environment(self) -> None:
        """Make `.venv` anew with the Python that runs this program."""
        check_glibc(platform.libc_ver())
        if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
            self._install_venv_module()
        if self.venv.is_symlink() or self.venv.is_file():
            self.venv.unlink()
        elif self.venv.exists():
            why = "an install was cut off" if self.unfinished.exists() else "moved, or of another Python"
            say(f"removing the old .venv ({why})")
            shutil.rmtree(self.venv)
        self.venv.mkdir()
        self.unfinished.touch()
        self._work(
            f"making .venv with Python {platform.python_version()} ({sys.executable})",
            [sys.executable, "-E", "-m", "venv", str(self.venv)],
            "the environment could not be made (the words of the venv module are above)",
        )

    def _install_venv_module(self) -> None:
        package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        why = "Python's venv module is not complete here"
        apt = system_packages.this_system(system_packages.run_quietly, say)
        if apt is None:
            raise Stop(f"{why}; install the package that holds ensurepip for {sys.executable}")
        apt.install([package], why)

    def install_packages(self) -> None:
        """Install what constraints.txt locks, every file checked against its hash."""
        self._work(
            "fetching and installing the locked packages (about 130 MB the first time)",
            [*self._pip("install"), "--require-hashes", "-r", "constraints.txt"],
            "the packages could not be installed (pip's words are above)",
        )

    def install_project(self) -> None:
        """Put the checkout itself on the environment's path and make its `backhaul` command."""
        self._work(
            "installing the checkout itself",
            [*self._pip("install"), "--no-deps", "--no-build-isolation", "-e", "."],
            "the checkout could not be installed into .venv (pip's words are above)",
        )
        self._work(
            "checking that the packages agree",
            self._pip("check"),
            "the locked packages do not agree with pyproject.toml (pip's words are above); run .ci/lock",
        )

    def _pip(self, command: str) -> list[str]:
        return [str(self.python), "-m", "pip", command, "--disable-pip-version-check", "--no-input"]

    def check_libraries(self) -> tuple[str, ...]:
        """Make sure that Qt finds every library it loads, and starts; give the paths of the system's ones."""
        if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
            return ()
        say(f"checking the system libraries for Qt ({', '.join(sorted(self.wanted.platforms))})")
        folders = list(self.venv.glob("lib/python3*/site-packages/PySide6"))
        plugins = [PLATFORMS[name] for name in sorted(self.wanted.platforms)]
        names = [*WIDGETS, *(f"Qt/plugins/platforms/{plugin}" for plugin in plugins)]
        files = [file for folder in folders for name in names if (file := folder / name).exists()]
        if not files:
            raise Stop("PySide6 is not in .venv although it was installed; remove .venv and try again")
        run = system_packages.run_quietly
        found = system_packages.ensure(files, system_packages.this_system(run, say), run)
        code = "from PySide6.QtWidgets import QApplication; QApplication([])"
        answer = run(["env", "QT_QPA_PLATFORM=offscreen", str(self.python), "-E", "-c", code])
        if answer.code != 0:
            say(answer.output.strip())
            raise Stop("Qt does not start although its libraries are there (its words are above)")
        return tuple(path for path in found if not path.startswith(f"{self.root}/"))

    def check_database(self) -> str:
        """Make sure that there is a PostgreSQL server, if it can be; the path of its initdb, or nothing.

        Nothing stops without it: a test that needs it says so, and fails where CI is set.
        """
        run = system_packages.run_quietly
        try:
            return database_server.ensure(system_packages.this_system(run, say), database_server.find, say)
        except Stop as stop:
            say(f"going on without PostgreSQL: {stop}")
            return ""

    def check_clock(self) -> None:
        """Install the library that moves the clocks below a program, where apt can and it is not here.

        Nothing stops without it: tests move the program's own clock then, and one of them says so.
        """
        apt = system_packages.this_system(system_packages.run_quietly, say)
        if apt is None or any(found for place in CLOCKS for found in Path("/usr").glob(place)):
            return
        try:
            apt.install([CLOCK], "tests of wrong clocks go deeper with it")
        except Stop as stop:
            say(f"going on without {CLOCK}: {stop}")

    def _work(self, what: str, command: Sequence[str], sentence: str) -> None:
        """Run one long step: say it, stay in touch while it lasts, show its words only when it fails."""
        say(what)
        started = time.monotonic()
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as words:
            child = subprocess.Popen(
                command,
                cwd=self.root,
                env=clean_environment(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                pass_fds=[self.lock_fd],
            )
            try:
                while (code := _wait(child)) is None:
                    say(f"  still at it, {time.monotonic() - started:.0f} s")
            except BaseException:
                child.terminate()
                child.wait()
                raise
            if code != 0:
                words.seek(0)
                text = words.read()
                sys.stderr.write(text)
                raise Stop(sentence + likely_cause(text))
        say(f"  done in {time.monotonic() - started:.0f} s")


def _wait(child: subprocess.Popen[bytes]) -> int | None:
    try:
        return child.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        return None


def likely_cause(words: str) -> str:
    """Why a step failed, read from the failing program's words; empty when they tell nothing known."""
    causes = {
        "DO NOT MATCH THE HASHES": "; a package that was fetched is not the one that constraints.txt locks",
        "No space left on device": "; the disk is full, about 1 GB is needed",
        "NewConnectionError": "; the package index cannot be reached: only later runs need no network",
        "No matching distribution": "; the package index does not offer a version for this system",
    }
    return next((cause for sign, cause in causes.items() if sign in words), "")


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment variables without those that would send pip's work outside `.venv`."""
    astray = {
        "PIP_USER",
        "PIP_TARGET",
        "PIP_PREFIX",
        "PIP_ROOT",
        "PIP_REQUIRE_HASHES",
        "PYTHONPATH",
        "PYTHONHOME",
    }
    return {name: value for name, value in environment.items() if name not in astray}


def check_glibc(libc: tuple[str, str]) -> None:
    """Refuse a system whose C library is older than the Qt packages are built for.

    Raises:
        Stop: it is.
    """
    name, version = libc
    if name == "glibc" and version_numbers(version) < OLDEST_GLIBC:
        needed = ".".join(map(str, OLDEST_GLIBC))
        raise Stop(
            f"Qt needs glibc {needed} (Debian 12, Ubuntu 22.04, RHEL 9 or newer); this system has {version}"
        )


@contextlib.contextmanager
def alone(path: Path) -> Iterator[int]:
    """Hold the checkout's lock, so that no two runs build one environment; children keep it to their end."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another run is preparing this checkout; waiting for it")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError:
            say("this file system has no locks; going on without")
        yield descriptor
    finally:
        os.close(descriptor)


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str]) -> int:
    """Run the program; the exit status is 0 when the checkout is ready."""
    parser = argparse.ArgumentParser(prog=".ci/prepare", description="Make this checkout ready to run.")
    parser.add_argument("--screen", action="store_true", help="a window will be opened on the display")
    parser.add_argument("--database", action="store_true", help="a PostgreSQL server will be started")
    parser.add_argument("--ready", action="store_true", help="only tell whether it is ready (status 0 or 3)")
    options = parser.parse_args(arguments)
    wanted = wanted_here(ROOT, os.environ, screen=options.screen, database=options.database)
    if options.ready:
        return 0 if ready(ROOT, wanted) else NOT_READY
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with alone(ROOT / "constraints.txt") as descriptor:
            say(Preparation(ROOT, wanted, descriptor).carry_out())
    except Stop as stop:
        say(f"not ready: {stop}")
        return 1
    except OSError as fault:
        say(
            f"not ready: {fault.strerror or fault} ({fault.filename or 'no file named'}); nothing was stamped"
        )
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next run makes good what was left unfinished")
        return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
