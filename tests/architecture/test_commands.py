"""The commands at the root: what make offers, what a build machine runs, what the lock holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import check
import pytest
from check import Outcome, Step, counted, verdict
from packaging.requirements import Requirement

from tests.architecture.source_rules import ROOT

TARGETS = {"help", "demo", "test", "lint", "bench", "soak", "screens"}
PINS = re.findall(r"^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)


def make(*arguments: str) -> str:
    """What make writes, in the root."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_make_alone_lists_every_target() -> None:
    listed = re.findall(r"^  (\w+) +\S", make(), re.MULTILINE)
    assert set(listed) == TARGETS
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert phony is not None
    assert set(phony[1].split()) == TARGETS


@pytest.mark.parametrize("target", sorted(TARGETS - {"help"}))
def test_every_target_prepares_first(target: str) -> None:
    first, *later = make("--dry-run", target, "ARGS=--json", "SECONDS=7").splitlines()
    assert first.startswith("sh .ci/prepare")
    assert later
    assert all(line.startswith(".venv/bin/") for line in later)


def test_words_reach_the_programs() -> None:
    assert make("--dry-run", "demo", "ARGS=--json").endswith("backhaul demo --json\n")
    assert "--seconds 7" in make("--dry-run", "soak", "SECONDS=7")


def test_a_build_machine_runs_the_tests_as_a_person_does() -> None:
    lines = (ROOT / ".ci/run").read_text("utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert "set -euo pipefail" in lines
    assert lines[-1] == "exec make test"


@pytest.mark.parametrize("name", ["prepare", "run", "lock"])
def test_the_programs_can_be_run(name: str) -> None:
    assert os.access(ROOT / ".ci" / name, os.X_OK)


def test_the_lock_holds_what_the_project_asks_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    asked = [*project["project"]["dependencies"], *(line for extra in extras for line in extra)]
    pinned = {name.lower().replace("_", "-"): version for name, version in PINS}
    wrong = [
        line
        for line in [*asked, *project["build-system"]["requires"]]
        if (wanted := Requirement(line)).name.lower() not in pinned
        or not wanted.specifier.contains(pinned[wanted.name.lower()], prereleases=True)
    ]
    assert wrong == [], "run .ci/lock"


def test_the_lock_has_hashes_and_no_addresses() -> None:
    text = (ROOT / "constraints.txt").read_text("utf-8")
    assert "://" not in text
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)
    assert [block.split()[0] for block in blocks if block and "--hash=sha256:" not in block] == []


def lock(folder: Path, uv: str | None) -> subprocess.CompletedProcess[str]:
    """Run .ci/lock in a folder, with a pretended uv that writes the given text."""
    tools = folder / "tools"
    tools.mkdir()
    for name in ("sh", "dirname", "cp", "mv", "rm", "grep", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or name)
    if uv is not None:
        script = f'#!/bin/sh\necho "$@" >arguments\ncat <<END >constraints.draft.txt\n{uv}\nEND\n'
        (tools / "uv").write_text(script, encoding="utf-8")
        (tools / "uv").chmod(0o755)
        (tools / "cat").symlink_to(shutil.which("cat") or "cat")
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/lock", folder / ".ci")
    (folder / "constraints.txt").write_text("old==1\n", encoding="utf-8")
    return subprocess.run(
        [tools / "sh", ".ci/lock", "--upgrade"],
        cwd=folder,
        env={"PATH": str(tools)},
        check=False,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("uv", "said"),
    [
        (None, "locking needs the program uv on PATH"),
        ("setuptools==80 @ https://example.org/x", "an address, which must not be committed"),
        ("click==8", "the lock lacks setuptools"),
    ],
    ids=["no uv", "an address", "no setuptools"],
)
def test_a_lock_that_cannot_be_had_leaves_the_old_one(tmp_path: Path, uv: str | None, said: str) -> None:
    done = lock(tmp_path, uv)
    assert done.returncode == 1
    assert said in done.stderr
    assert (tmp_path / "constraints.txt").read_text("utf-8") == "old==1\n"
    assert not (tmp_path / "constraints.draft.txt").exists()


def test_a_good_lock_replaces_the_old_one(tmp_path: Path) -> None:
    done = lock(tmp_path, "click==8\nsetuptools==80")
    assert done.returncode == 0, done.stderr
    assert done.stderr == "backhaul: constraints.txt renewed: 2 packages\n"
    assert (tmp_path / "constraints.txt").read_text("utf-8") == "click==8\nsetuptools==80\n"
    arguments = (tmp_path / "arguments").read_text("utf-8").split()
    assert {"--universal", "--generate-hashes", "--all-extras", "--upgrade"} <= {*arguments}


@pytest.mark.parametrize(
    ("report", "words"),
    [
        ('<testsuite name="x" errors="0" failures="0" skipped="0" tests="12" time="1.5">', "12 tests"),
        ('<testsuite name="x" errors="0" failures="0" skipped="2" tests="12">', "12 tests (2 skipped)"),
        ('<testsuite name="x" errors="1" failures="2" skipped="2" tests="12">', "tests (3 of 12 failed)"),
        ("", "tests"),
    ],
)
def test_tests_are_counted(report: str, words: str) -> None:
    assert counted(f'<?xml version="1.0"?><testsuites>{report}' if report else "") == words


def test_the_closing_line_says_what_passed_and_what_did_not() -> None:
    outcomes = [Outcome("lint", passed=True), Outcome("12 tests", passed=True)]
    assert verdict(outcomes, 61.4) == "All passed in 61 s: lint, 12 tests."
    outcomes.append(Outcome("types", passed=False))
    assert verdict(outcomes, 61.4) == "FAILED: types. Passed: lint, 12 tests. (61 s)"


def test_a_static_check_speaks_only_when_it_fails(capfd: pytest.CaptureFixture[str]) -> None:
    good = Step("lint", (sys.executable, "-c", "print('fine')"))
    bad = Step("types", (sys.executable, "-c", "import sys; print('x.py:1: wrong'); sys.exit(1)"))
    assert [check.run_static(step).passed for step in (good, bad)] == [True, False]
    lines = capfd.readouterr().out.splitlines()
    assert [line.split(" (")[0] for line in lines] == ["lint: passed", "x.py:1: wrong", "types: FAILED"]


def test_the_four_static_checks_are_those_of_the_house() -> None:
    assert [step.name for step in check.STATIC] == ["lint", "formatting", "types", "import contracts"]
