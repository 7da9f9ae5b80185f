"""Every law of the audit has its word on what a person does; corrections are printed as what differs."""

from __future__ import annotations

import re
from pathlib import Path

from app.domain.laws import Violation
from sync.central import audit, checks
from sync.central.repairs.correction import Correction, left


def laws() -> set[str]:
    """The laws that the audit's own text names."""
    files = [Path(audit.__file__), *Path(checks.__file__).parent.glob("*.py")]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    return set(re.findall(r'Violation\(\s*"([a-z -]+)"', text))


def test_no_finding_is_left_without_a_word_on_what_to_do() -> None:
    found = laws()
    assert {"chain", "facts", "reserved", "return", "feed", "write-off"} <= found
    for law in found | {"one place", "conservation", "balances"}:
        assert left(Violation(law, "s", "f", "e")).do != "Tell whoever runs the centre.", law


def test_a_law_that_is_not_known_has_somebody_to_tell() -> None:
    document = left(Violation("gravity", "an apple", "up", "down")).to_json()
    assert document == {
        "law": "gravity",
        "subject": "an apple",
        "found": "up",
        "expected": "down",
        "do": "Tell whoever runs the centre.",
    }


def test_a_correction_is_what_differs_and_not_how_it_is_written() -> None:
    one = Correction("balances", "A", "1", "2", change=print)
    assert one == Correction("balances", "A", "1", "2", change=repr)
    assert one.to_json() == {"cache": "balances", "subject": "A", "stored": "1", "rows_say": "2"}
