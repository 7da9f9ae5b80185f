"""Shared libraries that Qt loads: which are missing, which system package brings them, and installing those.

Qt's own message names the wrong package when one of several libraries is absent, so `ldd` is asked about the
very files that Qt opens and its answer is turned into package names. Standard library only: this runs before
any environment exists.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libGLdispatch.so.0": "libglvnd0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libXau.so.6": "libxau6",
    "libXdmcp.so.6": "libxdmcp6",
    "libbrotlidec.so.1": "libbrotli1",
    "libcups.so.2": "libcups2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libpng16.so.16": "libpng16-16",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libwayland-egl.so.1": "libwayland-egl1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xinput.so.0": "libxcb-xinput0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Shared object name to the Debian package that holds it."""

RENAMED_FOR_64_BIT_TIME = frozenset({"libglib2.0-0", "libcups2", "libpng16-16"})
"""Packages that Debian 13 and Ubuntu 24.04 call NAMEt64."""


class Stop(Exception):  # noqa: N818 - it carries the closing sentence; not every stop is an error of ours
    """Preparing cannot go on; the text is the one sentence a person needs."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended.

    Attributes:
        code: its exit status, 127 when there is no such program.
        output: what it wrote, stdout and stderr in one text.
    """

    code: int
    output: str


Run = Callable[[Sequence[str]], Finished]


def run_quietly(command: Sequence[str]) -> Finished:
    """Run a program to its end with its words kept; English, so that they can be read by a program."""
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
        )
    except OSError as fault:
        return Finished(127, str(fault))
    return Finished(done.returncode, done.stdout)


@dataclass(frozen=True, slots=True)
class Libraries:
    """What `ldd` says of a set of files.

    Attributes:
        missing: shared object names that were not found, sorted.
        found: paths of those that were, sorted.
    """

    missing: tuple[str, ...]
    found: tuple[str, ...]


def look(files: Iterable[Path], run: Run) -> Libraries:
    """Ask `ldd` which libraries the files need and which of them are not here."""
    missing: set[str] = set()
    found: set[str] = set()
    for file in files:
        for line in run(["ldd", str(file)]).output.splitlines():
            name, arrow, target = line.strip().partition(" => ")
            if not arrow:
                continue
            if target.startswith("not found"):
                missing.add(name)
            elif target.startswith("/"):
                found.add(target.rsplit(" (", 1)[0])
    return Libraries(tuple(sorted(missing)), tuple(sorted(found)))


def guessed_package(soname: str) -> str:
    """The package name that Debian's naming rule gives for a library that the table does not hold."""
    stem, _, version = soname.partition(".so")
    joint = "-" if stem[-1:].isdigit() else ""
    return f"{stem}{joint}{version.removeprefix('.')}".lower().replace("_", "-")


@dataclass(slots=True)
class Apt:
    """The system's package tool, on Debian, Ubuntu and their kin.

    Attributes:
        run: how programs are run.
        say: where progress goes.
        release: the fields of /etc/os-release.
        root: whether this process may install packages itself.
        refreshed: whether the package lists were fetched by this run; once is enough.
    """

    run: Run
    say: Callable[[str], None]
    release: Mapping[str, str]
    root: bool = field(default_factory=lambda: os.geteuid() == 0)
    refreshed: bool = False

    def knows(self, package: str) -> bool:
        """Tell whether the package lists hold a real package of that name."""
        answer = self.run(["apt-cache", "show", "--no-all-versions", package])
        return answer.code == 0 and f"Package: {package}\n" in answer.output

    def named(self, package: str) -> str:
        """The name under which this release carries the package (some gained a suffix with 64-bit time)."""
        if package not in RENAMED_FOR_64_BIT_TIME:
            return package
        suffixed = f"{package}t64"
        if self.knows(suffixed):
            return suffixed
        if self.knows(package):
            return package
        first = {"ubuntu": (24, 4), "debian": (13, 0)}.get(self.release.get("ID", ""), (99, 0))
        numbers = [int(part) for part in re.findall(r"\d+", self.release.get("VERSION_ID", ""))]
        return suffixed if tuple([*numbers, 0, 0][:2]) >= first else package

    def privilege(self) -> list[str] | None:
        """The words to put before a command that needs root; None when there is no way without a password."""
        if self.root:
            return []
        if self.run(["sudo", "-n", "true"]).code == 0:
            return ["sudo", "-n"]
        return None

    def refresh(self, before: Sequence[str]) -> None:
        """Fetch the package lists, once per run."""
        if not self.refreshed:
            self.say("fetching the package lists (apt-get update)")
            self.run([*before, "apt-get", "update", "-qq"])
            self.refreshed = True

    def install(self, wanted: Sequence[str], why: str) -> None:
        """Install packages, or stop with the line to run by hand.

        Raises:
            Stop: there is no right to install, or apt-get failed.
        """
        before = self.privilege()
        if before is not None and not all(self.knows(self.named(package)) for package in wanted):
            self.refresh(before)
        packages = sorted({self.named(package) for package in wanted})
        line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
        if before is None:
            raise Stop(f"{why}; run this and try again: sudo apt-get update && sudo {line}")
        self.say(f"{why}: installing with apt-get {' '.join(packages)}")
        command = [
            *before,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-o",
            "DPkg::Lock::Timeout=120",
        ]
        command += line.split()[1:]
        answer = self.run(command)
        if answer.code != 0 and not self.refreshed:
            self.refresh(before)
            answer = self.run(command)
        if answer.code != 0:
            self.say(answer.output.strip())
            sudo = "" if self.root else "sudo "
            raise Stop(f"apt-get failed (its words are above); when that is mended, run: {sudo}{line}")


def os_release(text: str) -> dict[str, str]:
    """The fields of an os-release file, quotes taken off."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def this_system(run: Run, say: Callable[[str], None]) -> Apt | None:
    """The package tool of the machine this runs on, None where it is not apt."""
    if shutil.which("apt-get") is None:
        return None
    try:
        text = Path("/etc/os-release").read_text(encoding="utf-8")
    except OSError:
        text = ""
    return Apt(run, say, os_release(text))


def ensure(files: Sequence[Path], apt: Apt | None, run: Run) -> tuple[str, ...]:
    """Make every library that the files need present; give the paths of those found.

    Raises:
        Stop: something is missing and could not be installed here.
    """
    now = look(files, run)
    if not now.missing:
        return now.found
    why = f"Qt needs {', '.join(now.missing)}, not on this system"
    if apt is None:
        capabilities = " ".join(f"'{name}()(64bit)'" for name in now.missing)
        raise Stop(
            f"{why}; install the packages that hold them (where dnf is: sudo dnf install {capabilities})"
        )
    apt.install([PACKAGES.get(name, guessed_package(name)) for name in now.missing], why)
    now = look(files, run)
    if now.missing:
        raise Stop(f"still missing after apt-get: {', '.join(now.missing)}; Qt cannot start without")
    return now.found
