"""Tables of a policy read key by key."""

from __future__ import annotations

import tomllib

import pytest

from app.domain.refusal import Refused
from sync.central.rules.allocation_policy.places import Places
from sync.central.rules.allocation_policy.section import Section, by_name, check_name, mistake


def section(source: str) -> Section:
    return Section(tomllib.loads(source), (), Places("p.toml", source))


def refusal(code: str, says: str) -> pytest.RaisesExc[Refused]:
    return pytest.RaisesExc(Refused, match=says, check=lambda no: no.code == code)


def test_a_wrong_value_is_refused_on_its_own_line() -> None:
    with refusal("fields.wrong", r"^p\.toml, line 2, b: field 'b' holds 'x'\. Expected a whole number"):
        section('a = 1\nb = "x"').whole("b")
    with refusal("fields.wrong", "holds True"):
        section("a = true").maybe_whole("a", None)
    with refusal("fields.wrong", "from 0 to 100"):
        section("a = 101").percent("a", 5)
    with refusal("fields.wrong", "one of hard, soft"):
        section('a = "firm"').choice("a", ("hard", "soft"), "hard")
    with refusal("fields.not_an_object", r"^p\.toml, line 1, a is int"):
        section("a = 1").inside("a")


def test_what_is_left_out_has_its_default() -> None:
    empty = section("")
    assert empty.maybe_whole("a", None) is None
    assert empty.percent("a", 5) == 5
    assert empty.choice("a", ("hard", "soft"), "soft") == "soft"
    assert empty.words("a", ("x",)) == ("x",)
    assert empty.inside("a").names() == ()
    assert empty.tables("a") == ()
    assert empty.listed("a") == ()


def test_an_unknown_key_is_refused_with_the_nearest_that_is_known() -> None:
    with refusal("policy.unknown_key", r"line 1, clam: there is no key 'clam' here.*Did you mean 'claim'\?"):
        section("clam = 1").only("claim", "fill")
    with refusal("policy.unknown_key", r"one of claim, fill\. Correct the key or remove it"):
        section("zzz = 1").only("claim", "fill")
    known = section("claim = 1")
    assert known.only("claim") is known


def test_tables_are_read_by_name_and_lists_by_number() -> None:
    found = section("[a.x]\nn = 1\n[a.y]\nn = 2\n[[b]]\nn = 3\n[[b]]\nn = 4\n")
    assert by_name(found.tables("a"), lambda s: s.whole("n")) == {"x": 1, "y": 2}
    assert [entry.whole("n") for entry in found.listed("b")] == [3, 4]
    with refusal("fields.wrong", r"line 8, b 2\.n: field 'n' holds 4"):
        found.listed("b")[1].text("n")
    with refusal("fields.wrong", r"tables \[\[b\]\]"):
        section("b = 5").listed("b")
    with refusal("fields.not_an_object", "b 1 is str"):
        section('b = ["x"]').listed("b")


def test_an_empty_table_is_dead() -> None:
    for source in ("[a]", "[a.x]"):
        with refusal("policy.dead_entry", r"is empty.*Fill it or remove it"):
            section(source).inside("a").tables("x")
    with refusal("policy.dead_entry", r"line 1, a\.x is empty"):
        section("[a.x]").tables("a")


def test_names_are_plain_words_and_stand_once() -> None:
    assert section('w = ["a", "b"]').words("w") == ("a", "b")
    with refusal("policy.dead_entry", "'a' stands twice"):
        section('w = ["a", "b", "a"]').words("w")
    for bad in ("", "x" * 81, "a\x00b", "a\nb"):
        with refusal("policy.name", "1 to 80 printable signs"):
            check_name(bad, "p.toml, w")
    with refusal("policy.name", "read the name"):
        section('[a]\n"\\u0000" = 1').inside("a").points()
    with refusal("policy.name", "read the name"):
        section('w = [""]').words("w")
    with refusal("fields.wrong", "a list of texts"):
        section("w = [1]").words("w")


def test_points_are_whole_numbers_by_name() -> None:
    assert section("[a]\nx = -999\ny = 999").inside("a").points() == {"x": -999, "y": 999}
    with refusal("fields.wrong", r"line 2, a\.x: field 'x' holds 1000"):
        section("[a]\nx = 1000").inside("a").points()


def test_words_are_declared() -> None:
    found = section('[a]\nweb = 1\nwbe = "web"')
    with refusal(
        "policy.unknown_channel", r"line 3, a\.wbe: read the channel 'wbe'.*one of web, default.*declare"
    ):
        found.inside("a").declared_names("channel", ("web", "default"))
    found.inside("a").declared_names("channel", ("web", "wbe"))


def test_a_mistake_is_three_sentences() -> None:
    no = mistake("policy.x", "Read a", "b", "Do c.")
    assert (no.read, no.expected, no.do) == ("Read a.", "Expected b.", "Do c.")
    found = section("a = 1")
    assert found.dead("a", "why", "Do.").code == "policy.dead_entry"
    assert found.contradiction("a", "this", "that", "Do.").code == "policy.contradiction"
