"""What the commands about one unit are asked with: another disposition, a name, and taking either back."""

from __future__ import annotations

from sync.central.commands.shapes import SOME_DAY, Asked, Code, Instant, LineNumber, Words, shown


class Word(Asked):
    """A supervisor's word on a unit: a disposition of the policy in force, and why.

    `grade` is the unit's own when it is left out. With `line` a unit that its bench kept beside the lines of
    its return is accepted onto one of them; `instead_of` names the serial that was sold, where the line has
    several that did not come.
    """

    model_config = shown(disposition="restock", reason="Sealed; the mark is on the outer box.", at=SOME_DAY)

    disposition: Code
    reason: Words
    grade: Code | None = None
    line: LineNumber | None = None
    instead_of: Code | None = None
    at: Instant


class Name(Asked):
    """What a thing is that nobody at the bench could name; of tracked items its lot or serial, too."""

    model_config = shown(sku="K-17", grade="B", at=SOME_DAY)

    sku: Code
    lot: Code | None = None
    serial: Code | None = None
    grade: Code | None = None
    at: Instant


class WordBack(Asked):
    """Why the last word on a unit, or its name, was wrong."""

    model_config = shown(reason="Looked at the wrong box.", at=SOME_DAY)

    reason: Words
    at: Instant
