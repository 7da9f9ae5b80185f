"""Places in a policy's document: the line of a table or key, and of the nth table of a list."""

from __future__ import annotations

import tomllib

from app.domain.policy.text import Text

SOURCE = """\
version = "1"

[[question]]
id = "seal"

  [[question.answer]]
  id = "yes"

[[ question ]]
id = "power"

[grade.A]
number = 1
"""


def test_a_place_is_a_file_and_a_line() -> None:
    text = Text("own.toml", SOURCE)
    assert text.line("version") == "own.toml, line 1"
    assert [text.line("question", nth) for nth in (1, 2, 3)] == [f"own.toml, line {n}" for n in (3, 9, 9)]
    assert text.line("grade.A") == "own.toml, line 12"
    assert text.line("nothing") == "own.toml"
    assert text.end == "own.toml, line 13"


def test_lists_are_read_in_order_and_may_be_missing() -> None:
    document = tomllib.loads(SOURCE)
    text = Text("own.toml", SOURCE)
    assert [f.text("id") for f in text.lists(document, "question")] == ["seal", "power"]
    assert list(text.lists(document, "rule")) == []
    assert [name for name, _ in text.tables(document, "grade")] == ["A"]
