"""Why a scan was refused: one word each, and the exception that carries it up inside this package."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a scan; the value is the stable code of the refusal."""

    EMPTY = "scan.empty"
    TOO_LONG = "scan.too_long"
    UNREADABLE = "scan.unreadable"
    CONTROL = "scan.control"
    LAYOUT = "scan.layout"
    IDENTIFIER = "scan.identifier"
    ADD_ON = "scan.add_on"
    LENGTH = "scan.length"
    CHECK_DIGIT = "scan.check_digit"
    UPC_E = "scan.upc_e"
    AI_UNKNOWN = "scan.ai_unknown"
    AI_VALUE = "scan.ai_value"
    AI_REPEATED = "scan.ai_repeated"
    AI_PAIR = "scan.ai_pair"
    SEPARATOR = "scan.separator"
    DATE = "scan.date"
    LINK = "scan.link"
    ENVELOPE = "scan.envelope"
    COMMAND = "scan.command"
    OWN_CODE = "scan.own_code"
    BADGE = "scan.badge"


AGAIN = "Scan it again; if it stays so, use another code on the box."


class Broken(Exception):  # noqa: N818 - an outcome inside this package, turned into a meaning before it leaves
    """A code of a recognised kind that breaks that kind's rule.

    Args:
        fault: which rule.
        expected: what a right code looks like, one sentence.
        do: what the person does next, one sentence.
    """

    def __init__(self, fault: Fault, expected: str, do: str = AGAIN) -> None:
        super().__init__(f"{fault}: {expected} {do}")
        self.fault = fault
        self.expected = expected
        self.do = do
