"""The journal of a replay: which papers are finished, how their rows ended, which boxes stand unopened.

One JSON line for each finished paper and each finished day, written after the centre and the bench have it.
A line that was being written when the program died is dropped: its paper is told again, and whoever was told
already answers as before.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from app.domain.fields import Fields
from app.domain.refusal import Refused, Unavailable
from app.replay.box import Box
from app.replay.doubts import Doubt
from app.replay.till import Outcome

VERSION = 2


@dataclass(frozen=True, slots=True)
class Play:
    """What is replayed: the file's digest, how many months of it, under which seed."""

    digest: str
    months: int | None
    seed: int

    def to_json(self) -> dict[str, object]:
        """The first line of the journal."""
        return {"replay": VERSION, "file": self.digest, "months": self.months, "seed": self.seed}


@dataclass(slots=True)
class Standing:
    """How far a replay is: papers told to the centre, their rows by ending, boxes not yet known to be empty.

    `doubts` are the credit lines that do not fit. `in_work` is how many of these boxes the bench was given,
    `head` its last event before the first of them. `day_ended` says that the day of the last paper is over.
    """

    papers: int = 0
    applied: Counter[str] = field(default_factory=Counter)
    exceptions: Counter[str] = field(default_factory=Counter)
    boxes: list[Box] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    in_work: int = 0
    head: int = 0
    day_ended: bool = False

    def paper_done(self, outcome: Outcome) -> None:
        """One more paper is told to the centre."""
        self.papers += 1
        self.applied.update(outcome.applied)
        self.exceptions.update(outcome.exceptions)
        self.boxes.extend(outcome.boxes)
        self.doubts.extend(outcome.doubts)
        self.day_ended = False

    def boxes_done(self, count: int, head: int) -> None:
        """The first so many boxes are empty, and recorded up to event `head`."""
        del self.boxes[:count]
        self.in_work, self.head = 0, head

    def day_done(self) -> None:
        """The bench was given every box, and the day is over."""
        self.in_work, self.day_ended = len(self.boxes), True


class Journal:
    """The file and what it says; a context that closes it."""

    def __init__(self, path: Path, play: Play) -> None:
        self.standing = Standing()
        try:
            kept = self._read(path, play) if path.exists() else 0
            self._file = path.open("r+" if kept else "w", encoding="utf-8")
            self._file.seek(kept)
            self._file.truncate()
        except OSError as world:
            raise Unavailable(f"The journal {path} cannot be used: {world.strerror}.") from world
        if not kept:
            self._write(play.to_json())

    def paper_done(self, outcome: Outcome) -> None:
        """Notes how the next paper ended."""
        self.standing.paper_done(outcome)
        line: dict[str, object] = {
            "paper": self.standing.papers,
            "applied": dict(outcome.applied),
            "exceptions": dict(outcome.exceptions),
        }
        if outcome.boxes:
            line["boxes"] = [box.to_json() for box in outcome.boxes]
        if outcome.doubts:
            line["doubts"] = [doubt.to_json() for doubt in outcome.doubts]
        self._write(line)

    def boxes_done(self, head: int) -> None:
        """Notes that the boxes in work are empty."""
        count = self.standing.in_work
        self.standing.boxes_done(count, head)
        self._write({"boxes_done": count, "head": head})

    def day_done(self) -> None:
        """Notes that the bench is given every box, and the day is over."""
        self.standing.day_done()
        self._write({"day_done": self.standing.papers})

    def _write(self, line: Mapping[str, object]) -> None:
        try:
            self._file.write(f"{json.dumps(line, ensure_ascii=False)}\n")
            self._file.flush()
        except OSError as world:
            raise Unavailable(f"The journal cannot be written: {world.strerror}.") from world

    def _read(self, path: Path, play: Play) -> int:
        """Takes up what the file says; the length in bytes of its whole lines."""
        data = path.read_bytes()
        kept = data.rfind(b"\n") + 1
        lines = data[:kept].decode("utf-8", errors="replace").splitlines()
        for number, text in enumerate(lines, 1):
            try:
                f = Fields(json.loads(text), f"line {number} of {path}")
                if number == 1:
                    _check_same(path, play, f)
                else:
                    self._take(f)
            except ValueError:
                raise _refused("unreadable", f"Line {number} of {path} is no line of a journal.") from None
        return kept

    def _take(self, f: Fields) -> None:
        if "boxes_done" in f.names():
            self.standing.boxes_done(f.whole("boxes_done"), f.whole("head"))
        elif "day_done" in f.names():
            self.standing.day_done()
        elif f.whole("paper") != self.standing.papers + 1:
            raise f.wrong("paper", f"paper {self.standing.papers + 1}")
        else:
            boxes = tuple(Box.from_json(box) for box in f.objects("boxes"))
            doubts = tuple(Doubt.from_json(doubt) for doubt in f.objects("doubts"))
            outcome = Outcome(_counter(f.inner("applied")), _counter(f.inner("exceptions")), boxes, doubts)
            self.standing.paper_done(outcome)

    def close(self) -> None:
        """Lets the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _check_same(path: Path, play: Play, f: Fields) -> None:
    if f.whole("replay", least=1) != VERSION:
        raise _refused("version", f"{path} was written by another version of this program.")
    if dict(f.raw()) != play.to_json():
        seed, months = f.raw().get("seed"), f.raw().get("months") or "all"
        file = "this file" if f.raw().get("file") == play.digest else "another file"
        raise _refused(
            "other", f"{path.parent} holds a replay of {file} with --seed {seed}, {months} months of it."
        )


def _refused(code: str, read: str) -> Refused:
    return Refused(
        f"replay.{code}",
        read,
        "Expected an empty folder, or one in which this very replay was interrupted.",
        "Name another folder with --out, or the file, --months and --seed of that replay.",
    )


def _counter(f: Fields) -> Counter[str]:
    return Counter({name: f.whole(name) for name in f.names()})
