"""The three kinds of failure, as types.

A refusal is a rule saying no to what was read; `Unavailable` is the world not answering, which is retried.
Anything else that is raised is our own defect and ends in a crash file.
"""

from __future__ import annotations


class Refused(Exception):  # noqa: N818 - a refusal is an outcome with its own word, not an error
    """A rule said no.

    Args:
        code: stable word for programs and tests, such as `policy.unknown_grade`.
        read: what was read, quoted.
        expected: what a right input looks like.
        do: what the person does next.
    """

    def __init__(self, code: str, read: str, expected: str, do: str) -> None:
        super().__init__(" ".join(part for part in (read, expected, do) if part))
        self.code = code
        self.read = read
        self.expected = expected
        self.do = do

    def __reduce__(self) -> tuple[type[Refused], tuple[str, str, str, str]]:
        """Refusals cross process borders whole."""
        return (type(self), (self.code, self.read, self.expected, self.do))


class Unavailable(Exception):  # noqa: N818 - as above
    """The world did not answer (network, printer, disk): said once, tried again later."""
