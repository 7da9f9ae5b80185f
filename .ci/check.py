"""Runs the checks of `make lint` and `make test`, all of them even when one fails, and closes with one line.

Run by the environment's own Python, from anywhere. A step's words are shown only when it fails; the tests
speak as they run. Arguments after `--lint` or alone go to pytest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent
# One more than a build machine has processors: tests of real programs wait a good part of their time.
WORKERS = 3
_ROOM = 4 << 30


@dataclass(frozen=True, slots=True)
class Step:
    """One static check: the name it goes by in the closing line, and its command."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step ended; `name` says more than the step's own when there is more to say."""

    name: str
    passed: bool


STATIC = (
    Step("lint", (sys.executable, "-m", "ruff", "check", "--quiet", ".")),
    Step("formatting", (sys.executable, "-m", "ruff", "format", "--quiet", "--diff", ".")),
    Step("types", (sys.executable, "-m", "mypy", "--no-error-summary")),
    Step("import contracts", (str(PROGRAMS / "lint-imports"),)),
)


def say(text: str) -> None:
    """Print one line at once, so that it stands in order with what the steps print."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def run_static(step: Step) -> Outcome:
    """Run one static check and show its words if it fails."""
    started = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    passed = done.returncode == 0
    if not passed:
        say(done.stdout.rstrip())
    say(f"{step.name}: {'passed' if passed else 'FAILED'} ({time.monotonic() - started:.0f} s)")
    return Outcome(step.name, passed)


def run_tests(arguments: Sequence[str]) -> Outcome:
    """Run the tests and count them."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-n", str(WORKERS), f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=_in_memory(os.environ), check=False).returncode
        text = report.read_text(encoding="utf-8") if report.exists() else ""
    return Outcome(counted(text), code == 0)


def _in_memory(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of the tests: their files in memory where there is room, since they write for ever.

    Hundreds of programs are started, so that what they are made of is compiled once, whoever forbids it.
    """
    own = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    shared = Path("/dev/shm")  # noqa: S108 - tests make folders of their own there
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > _ROOM
    return {**own, "TMPDIR": str(shared)} if roomy and "TMPDIR" not in own else own


def counted(report: str) -> str:
    """Say what a JUnit report counts: "12 tests", "12 tests (2 skipped)" or "tests (1 of 12 failed)"."""
    suite = re.search(r"<testsuite\b[^>]*>", report)
    if suite is None:
        return "tests"
    figures = {name: int(value) for name, value in re.findall(r' (\w+)="(\d+)"', suite[0])}
    failed = figures.get("failures", 0) + figures.get("errors", 0)
    skipped = figures.get("skipped", 0)
    total = figures.get("tests", 0)
    if failed:
        return f"tests ({failed} of {total} failed)"
    return f"{total} tests" + (f" ({skipped} skipped)" if skipped else "")


def verdict(outcomes: Sequence[Outcome], seconds: float) -> str:
    """The closing line."""
    passed = ", ".join(outcome.name for outcome in outcomes if outcome.passed) or "nothing"
    failed = ", ".join(outcome.name for outcome in outcomes if not outcome.passed)
    if failed:
        return f"FAILED: {failed}. Passed: {passed}. ({seconds:.0f} s)"
    return f"All passed in {seconds:.0f} s: {passed}."


def main(arguments: Sequence[str]) -> int:
    """Run the checks; the exit status is 1 when any failed."""
    started = time.monotonic()
    only_lint = arguments[:1] == ["--lint"]
    with ThreadPoolExecutor(1) as beside:
        # The tests need not wait for types, nor the other way round.
        static = [beside.submit(run_static, step) for step in STATIC]
        tests = [] if only_lint else [run_tests(arguments)]
        outcomes = [*(step.result() for step in static), *tests]
    say(verdict(outcomes, time.monotonic() - started))
    return 0 if all(outcome.passed for outcome in outcomes) else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted; nothing is said about what did not run")
        sys.exit(130)
