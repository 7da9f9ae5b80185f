"""Missing libraries are named by their package and installed, or the line to run is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from system_packages import (
    Apt,
    Finished,
    Libraries,
    Stop,
    ensure,
    guessed_package,
    look,
    os_release,
    run_quietly,
)

PLUGIN = Path("/qt/plugins/platforms/libqxcb.so")
BOOKWORM = {"ID": "debian", "VERSION_ID": "12"}
NOBLE = {"ID": "ubuntu", "VERSION_ID": "24.04"}


class System:
    """A pretended Linux: the libraries present, the packages known, and what each package brings."""

    def __init__(
        self, brings: Mapping[str, str], known: Sequence[str] | None = None, *, sudo: bool = False
    ) -> None:
        self.brings = brings
        self.known = set(known if known is not None else brings)
        self.hidden_lists: set[str] = set()
        self.sudo = sudo
        self.breaks = False
        self.present: set[str] = set()
        self.needed = sorted(set(brings.values()))
        self.commands: list[str] = []
        self.said: list[str] = []

    def run(self, command: Sequence[str]) -> Finished:
        """Answer as the programs of that system would."""
        line = " ".join(command)
        self.commands.append(line)
        if command[0] == "ldd":
            return Finished(0, "".join(self._resolved(name) for name in self.needed))
        if command[0] == "apt-cache":
            known = command[-1] in self.known - self.hidden_lists
            return Finished(0 if known else 100, f"Package: {command[-1]}\nVersion: 1\n" if known else "")
        if line == "sudo -n true":
            return Finished(0 if self.sudo else 1, "")
        if "apt-get update" in line:
            self.hidden_lists = set()
            return Finished(0, "")
        wanted = line.partition("--no-install-recommends ")[2].split()
        if self.breaks or not set(wanted) <= self.known - self.hidden_lists:
            return Finished(100, "E: Unable to locate package")
        self.present |= {self.brings[package] for package in wanted if package in self.brings}
        return Finished(0, "")

    def _resolved(self, name: str) -> str:
        found = f"/lib/{name} (0x00007f)" if name in self.present else "not found"
        return f"\t{name} => {found}\n"

    def apt(self, release: Mapping[str, str], *, root: bool) -> Apt:
        """The package tool of this system."""
        return Apt(self.run, self.said.append, release, root=root)

    @property
    def installs(self) -> list[str]:
        """The install commands that were run."""
        return [line for line in self.commands if " install " in line]


def test_ldd_is_read_line_by_line() -> None:
    words = (
        "\tlinux-vdso.so.1 (0x00007ffd)\n"
        "\tlibxcb-cursor.so.0 => not found\n"
        "\tlibQt6Gui.so.6 => /qt/lib/libQt6Gui.so.6 (0x00007f01)\n"
        "\tlibEGL.so.1 => not found\n"
        "\t/lib64/ld-linux-x86-64.so.2 (0x00007f02)\n"
    )
    found = look([PLUGIN, PLUGIN], lambda _command: Finished(0, words))
    assert found == Libraries(("libEGL.so.1", "libxcb-cursor.so.0"), ("/qt/lib/libQt6Gui.so.6",))


def test_nothing_missing_asks_nobody() -> None:
    system = System({"libgl1": "libGL.so.1"})
    system.present = {"libGL.so.1"}
    assert ensure([PLUGIN], None, system.run) == ("/lib/libGL.so.1",)
    assert system.commands == [f"ldd {PLUGIN}"]


def test_root_installs_what_is_missing_without_questions() -> None:
    system = System({"libegl1": "libEGL.so.1", "libxcb-icccm4": "libxcb-icccm.so.4"})
    found = ensure([PLUGIN], system.apt(BOOKWORM, root=True), system.run)
    assert found == ("/lib/libEGL.so.1", "/lib/libxcb-icccm.so.4")
    (line,) = system.installs
    assert line.startswith("env DEBIAN_FRONTEND=noninteractive apt-get ")
    assert line.endswith("install -y --no-install-recommends libegl1 libxcb-icccm4")
    assert "apt-get update" not in " ".join(system.commands)
    (said,) = system.said
    assert said.startswith("Qt needs libEGL.so.1, libxcb-icccm.so.4, not on this system: ")
    assert said.endswith("installing with apt-get libegl1 libxcb-icccm4")


def test_sudo_without_a_password_will_do() -> None:
    system = System({"libegl1": "libEGL.so.1"}, sudo=True)
    ensure([PLUGIN], system.apt(BOOKWORM, root=False), system.run)
    assert system.installs[0].startswith("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get ")


def test_without_rights_the_line_to_run_is_said_and_nothing_is_run() -> None:
    system = System({"libegl1": "libEGL.so.1"})
    with pytest.raises(Stop) as stop:
        ensure([PLUGIN], system.apt(BOOKWORM, root=False), system.run)
    assert str(stop.value) == (
        "Qt needs libEGL.so.1, not on this system; run this and try again: "
        "sudo apt-get update && sudo apt-get install -y --no-install-recommends libegl1"
    )
    assert system.installs == []


def test_empty_package_lists_are_fetched_once() -> None:
    system = System({"libegl1": "libEGL.so.1", "libglib2.0-0t64": "libglib-2.0.so.0"})
    system.hidden_lists = set(system.known)
    ensure([PLUGIN], system.apt(NOBLE, root=True), system.run)
    assert system.installs[0].endswith("libegl1 libglib2.0-0t64")
    assert system.commands.count("apt-get update -qq") == 1


def test_stale_package_lists_are_fetched_when_the_install_fails() -> None:
    system = System({"libegl1": "libEGL.so.1"})
    apt = system.apt(BOOKWORM, root=True)
    system.breaks = True
    with pytest.raises(
        Stop, match=r"apt-get failed .* run: apt-get install -y --no-install-recommends libegl1"
    ):
        ensure([PLUGIN], apt, system.run)
    assert len(system.installs) == 2
    assert system.commands.count("apt-get update -qq") == 1
    assert "E: Unable to locate package" in system.said


@pytest.mark.parametrize(
    ("release", "known", "name"),
    [
        (BOOKWORM, ["libglib2.0-0"], "libglib2.0-0"),
        (NOBLE, ["libglib2.0-0t64"], "libglib2.0-0t64"),
        (BOOKWORM, ["libglib2.0-0t64"], "libglib2.0-0t64"),
        (BOOKWORM, [], "libglib2.0-0"),
        (NOBLE, [], "libglib2.0-0t64"),
        ({"ID": "ubuntu", "VERSION_ID": "22.04"}, [], "libglib2.0-0"),
        ({"ID": "debian", "VERSION_ID": "13"}, [], "libglib2.0-0t64"),
        ({"ID": "debian"}, [], "libglib2.0-0"),
        ({"ID": "mint", "VERSION_ID": "22"}, [], "libglib2.0-0"),
    ],
)
def test_the_renamed_package_is_chosen_by_what_apt_knows_first(
    release: dict[str, str], known: list[str], name: str
) -> None:
    assert System({}, known).apt(release, root=True).named("libglib2.0-0") == name


def test_packages_that_were_not_renamed_are_not_asked_about() -> None:
    system = System({})
    assert system.apt(NOBLE, root=True).named("libegl1") == "libegl1"
    assert system.commands == []


def test_an_install_that_does_not_help_is_said() -> None:
    system = System({"libegl1": "libEGL.so.1"})
    system.brings = {}
    with pytest.raises(Stop, match=r"still missing after apt-get: libEGL\.so\.1"):
        ensure([PLUGIN], system.apt(BOOKWORM, root=True), system.run)


def test_where_there_is_no_apt_the_libraries_are_named() -> None:
    system = System({"x": "libEGL.so.1"})
    with pytest.raises(Stop, match=r"sudo dnf install 'libEGL\.so\.1\(\)\(64bit\)'"):
        ensure([PLUGIN], None, system.run)


@pytest.mark.parametrize(
    ("soname", "package"),
    [
        ("libxcb-cursor.so.0", "libxcb-cursor0"),
        ("libpcre2-8.so.0", "libpcre2-8-0"),
        ("libXrender.so.1", "libxrender1"),
        ("libvulkan.so.1", "libvulkan1"),
        ("libodd_name.so.2", "libodd-name2"),
    ],
)
def test_a_library_outside_the_table_is_guessed_by_debians_rule(soname: str, package: str) -> None:
    assert guessed_package(soname) == package


def test_os_release_is_read() -> None:
    assert os_release('NAME="Debian GNU/Linux"\nID=debian\n\nVERSION_ID="12"\n# x\n') == BOOKWORM | {
        "NAME": "Debian GNU/Linux"
    }


def test_a_program_that_is_not_there_is_an_answer_too() -> None:
    assert run_quietly(["no-such-program-anywhere"]).code == 127
    assert run_quietly(["sh", "-c", "echo out; echo err >&2; exit 3"]) == Finished(3, "out\nerr\n")
