"""A scanner without hardware: its own process, a pseudo-terminal, and codes fired like trigger pulls.

As a program:

    python -m devices.simulated_scanner --plan FILE|-

It prints one JSON line with the port to open, `{"port": "/dev/pts/4"}`, then reads one JSON object a line and
answers each with one line on stdout:

    {"code": "4006381333931"}                  sends the code and the suffix
    {"code": "4006381333931", "aim": "]E0"}    sends the identifier in front, as many scanners do
    {"half": "40063"}                          sends without suffix: a scan that breaks off
    {"wait_ms": 80}                            does nothing for so long
    {"end": true}                              closes the port, as pulling the plug does

The end of the plan closes the port too. A reader that opens the port drops what was sent before, so wait
for its "ok", or begin a plan file with a wait. As a class, `SimulatedScanner` starts that program and fires
codes. POSIX only.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import IO, Self

_SUFFIXES = {"cr": "\r", "lf": "\n", "crlf": "\r\n", "tab": "\t", "eot": "\x04", "none": ""}
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "code": str,
    "aim": str,
    "half": str,
    "wait_ms": (int, float),
    "end": bool,
}
POSIX = os.name == "posix"
_EXIT_TIMEOUT_S = 5.0
# A pseudo-terminal holds some 4,000 bytes for its reader.
_UNREAD_TIMEOUT_S = 5.0
_NO_PTY = "The simulated scanner needs a POSIX system (Linux or macOS); here, plug in a scanner."


class SimulatorError(Exception):
    """The simulator could not start, refused a line, or has ended."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the program; 0 at the end of the plan, 1 where there are no pseudo-terminals, 2 for a bad plan."""
    parser = argparse.ArgumentParser(prog="python -m devices.simulated_scanner", description=_described())
    parser.add_argument("--plan", required=True, help="file of JSON lines, or - for stdin")
    parser.add_argument("--suffix", choices=sorted(_SUFFIXES), default="cr", help="what ends a scan")
    chosen = parser.parse_args(arguments)
    if not POSIX:
        sys.stderr.write(f"{_NO_PTY}\n")
        return 1
    if chosen.plan == "-":
        return play(sys.stdin, _SUFFIXES[chosen.suffix], sys.stdout)
    try:
        with Path(chosen.plan).open(encoding="utf-8") as plan:
            return play(plan, _SUFFIXES[chosen.suffix], sys.stdout)
    except OSError as cause:
        sys.stderr.write(f"The plan cannot be read: {cause}\n")
        return 2


def _described() -> str:
    return (__doc__ or "").partition("\n")[0]


def play(plan: Iterable[str], suffix: str, answers: IO[str]) -> int:
    """Makes the port and performs a plan line by line; 0 at its end, 2 for a line that is no step."""
    import pty  # noqa: PLC0415 - POSIX only, like tty
    import tty  # noqa: PLC0415

    master, slave = pty.openpty()
    # Raw before anyone opens it: a cooked line would echo every code back and turn CR into LF.
    tty.setraw(slave)
    os.set_blocking(master, False)
    _answer(answers, {"port": os.ttyname(slave)})
    try:
        for number, line in enumerate(plan, 1):
            if not line.strip():
                continue
            try:
                step = _step(line)
                if step.get("end"):
                    _answer(answers, {"ended": True})
                    return 0
                _answer(answers, _perform(step, suffix, master))
            except ValueError as cause:
                _answer(answers, {"refused": f"line {number}: {cause}"})
                return 2
        return 0
    finally:
        # The slave first: closing the master is what a reader sees as the plug pulled.
        os.close(slave)
        os.close(master)


def _step(line: str) -> Mapping[str, object]:
    step = json.loads(line)
    if not isinstance(step, dict) or not step.keys() & {"code", "half", "wait_ms", "end"}:
        raise ValueError("expected an object with code, half, wait_ms or end")
    for name, value in step.items():
        if name not in _FIELDS or not isinstance(value, _FIELDS[name]):
            raise ValueError(f"read {name} = {value!r}; known are {', '.join(_FIELDS)}")
    return step


def _perform(step: Mapping[str, object], suffix: str, master: int) -> dict[str, object]:
    wait_ms = step.get("wait_ms")
    if isinstance(wait_ms, int | float):
        Event().wait(wait_ms / 1000)
    sent = "".join(str(step.get(name, "")) for name in ("aim", "code", "half"))
    data = (sent + (suffix if "code" in step else "")).encode("utf-8", "surrogateescape")
    view = memoryview(data)
    while view:
        if not select.select([], [master], [], _UNREAD_TIMEOUT_S)[1]:
            raise ValueError("nobody reads the port, and it is full")
        view = view[os.write(master, view) :]
    return {"sent": sent, "bytes": len(data)}


def _answer(answers: IO[str], answer: Mapping[str, object]) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


class SimulatedScanner:
    """A running simulator; use it in a `with` block or close it.

    Args:
        suffix: what ends a scan: cr, lf, crlf, tab, eot or none.

    Raises:
        SimulatorError: there are no pseudo-terminals here.
    """

    def __init__(self, suffix: str = "cr") -> None:
        if not POSIX:
            raise SimulatorError(_NO_PTY)
        root = str(Path(__file__).resolve().parents[1])
        searched = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "devices.simulated_scanner", "--plan", "-", "--suffix", suffix],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(searched)},
        )
        try:
            self.port = str(self._hear()["port"])
        except BaseException:
            self.close()
            raise

    def fire(self, code: str, aim: str = "") -> None:
        """Sends one code with its suffix; returns when its bytes are on the line.

        Raises:
            SimulatorError: the simulator has ended.
        """
        self._ask({"code": code, "aim": aim})

    def fire_half(self, part: str) -> None:
        """Sends the beginning of a code and nothing after it.

        Raises:
            SimulatorError: the simulator has ended.
        """
        self._ask({"half": part})

    def close(self) -> None:
        """Pulls the plug: the port disappears and the process ends. Closing twice is once."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        try:
            self._process.wait(_EXIT_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, step: Mapping[str, object]) -> None:
        if self._process.stdin is None or self._process.stdin.closed:
            raise SimulatorError("The simulated scanner was closed.")
        try:
            self._process.stdin.write(json.dumps(step) + "\n")
            self._process.stdin.flush()
        except OSError as cause:
            raise SimulatorError("The simulated scanner has ended.") from cause
        answer = self._hear()
        if "refused" in answer:
            raise SimulatorError(str(answer["refused"]))

    def _hear(self) -> Mapping[str, object]:
        line = self._process.stdout.readline() if self._process.stdout is not None else ""
        if not line:
            raise SimulatorError("The simulated scanner has ended.")
        answer: Mapping[str, object] = json.loads(line)
        return answer


if __name__ == "__main__":
    sys.exit(main())
