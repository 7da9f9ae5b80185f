"""Reading what is kept back for channels."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from app.domain.refusal import Refused
from sync.central.rules.allocation_policy.allotments import Allotment, Spill, Target
from sync.central.rules.allocation_policy.places import Places
from sync.central.rules.allocation_policy.reader import read_allocation_policy
from sync.central.rules.allocation_policy.reading_allotments import read_allotments
from sync.central.rules.allocation_policy.section import Section
from tests.sync.central.rules.allocation_policy.document import FULL, line_of, refused


def read(*allotments: str) -> tuple[Allotment, ...]:
    source = "".join(f"[[allotment]]\n{text}\n" for text in allotments)
    listed = Section(tomllib.loads(source), (), Places("p", source)).listed("allotment")
    return read_allotments(listed, ("a", "b", "c"), ("toys",))


def test_every_part_is_read() -> None:
    assert read_allocation_policy(FULL, "full").allotments == (
        Allotment(
            "market",
            Target.CATEGORY,
            "toys",
            share_percent=60,
            spill=Spill.LATER,
            spill_hours=72,
            since=datetime(2026, 11, 26, 23, tzinfo=UTC),
            until=datetime(2026, 12, 24, tzinfo=UTC),
        ),
        Allotment("web", Target.CATEGORY, "toys", share_percent=40),
        Allotment("web", Target.ITEM, "K-17", 5, spill=Spill.ALWAYS),
    )
    (everything,) = read('channel = "a"\nitem = "*"\nqty = 1')
    assert (everything.target, everything.spill) == (Target.EVERYTHING, Spill.NEVER)
    assert read('channel = "a"\ncategory = "*"\nqty = 1') == (everything,)


MARKET = line_of("[[allotment]]")
MISTAKES = [
    (
        'channel = "market"\n',
        "",
        "fields.wrong",
        MARKET,
        r"allotment 1\.channel: field 'channel' holds nothing",
    ),
    (
        'channel = "market"',
        'channel = "mrkt"',
        "policy.unknown_channel",
        MARKET + 1,
        r"'mrkt'.*one of web, market",
    ),
    (
        'category = "toys"',
        'category = "tyos"',
        "policy.unknown_category",
        MARKET + 2,
        r"'tyos'.*one of toys, food",
    ),
    ('category = "toys"\n', "", "policy.contradiction", MARKET, r"neither 'item' nor 'category'.*Add one"),
    (
        'category = "toys"',
        'category = "toys"\nitem = "X"',
        "policy.contradiction",
        MARKET + 2,
        r"both 'item' and 'category'",
    ),
    ("share_percent = 60\n", "", "policy.contradiction", MARKET, r"neither 'qty' nor 'share_percent'"),
    ("share_percent = 60", "share_percent = 60\nqty = 5", "policy.contradiction", MARKET + 3, r"both"),
    ("share_percent = 60", "share_percent = 0", "fields.wrong", MARKET + 3, r"from 1 to 100"),
    (
        "share_percent = 60",
        "share_percent = 61",
        "policy.contradiction",
        line_of("share_percent = 40"),
        r"from 2026-11-26T23.*101 % of the same",
    ),
    ("qty = 5", "qty = 0", "fields.wrong", None, r"from 1"),
    ("qty = 5", 'qty = "5"', "fields.wrong", None, r"holds '5'"),
    ('item = "K-17"', 'item = "\\u0000"', "policy.name", None, r"printable"),
    ('item = "K-17"', "item = 17", "fields.wrong", None, r"a text"),
    (
        "2026-11-27T00:00:00+01:00",
        "2026-11-27T00:00:00",
        "fields.wrong",
        MARKET + 4,
        r"an instant with an offset",
    ),
    ("2026-11-27T00:00:00+01:00", "2026-11-27", "fields.wrong", MARKET + 4, r"an instant"),
    ("2026-11-27T00:00:00+01:00", "0001-01-01T00:00:00+01:00", "fields.wrong", MARKET + 4, r"an instant"),
    ('"2026-12-24T00:00:00Z"', '"Christmas"', "fields.wrong", MARKET + 5, r"holds 'Christmas'"),
    (
        '"2026-12-24T00:00:00Z"',
        '"2026-11-26T23:00:00Z"',
        "policy.dead_entry",
        MARKET + 5,
        r"ends before it starts",
    ),
    (
        '"2026-12-24T00:00:00Z"',
        '"2026-11-29T23:00:00Z"',
        "policy.dead_entry",
        MARKET + 6,
        r"ends before it spills",
    ),
    (
        "from = 2026-11-27T00:00:00+01:00\n",
        "",
        "policy.contradiction",
        MARKET + 5,
        r"a start that is not there",
    ),
    ('spill = "always"', 'spill = "maybe"', "fields.wrong", None, r"one of never, always"),
    ('spill = "always"', "spill = 5", "fields.not_an_object", None, r"spill is int"),
    ("unused_after_hours = 72", "after_hours = 72", "policy.unknown_key", MARKET + 6, r"unused_after_hours"),
    ("unused_after_hours = 72", "unused_after_hours = -1", "fields.wrong", MARKET + 6, r"from 0"),
    (
        'item = "K-17"',
        'category = "toys"',
        "policy.contradiction",
        None,
        r"allotment 3\.channel: web has the 2\. allotment of the same",
    ),
    ("qty = 5", "qty = 5\nspil = 1", "policy.unknown_key", None, r"Did you mean 'spill'"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:24])
def test_a_mistake_is_refused(right: str, wrong: str, code: str, line: int | None, says: str) -> None:
    refused(right, wrong, code, line, says)


def test_allotments_of_one_channel_may_follow_each_other() -> None:
    first = 'channel = "a"\nitem = "X"\nqty = 1\nuntil = "2026-02-01T00:00:00Z"'
    second = 'channel = "a"\nitem = "X"\nqty = 2\nfrom = "2026-02-01T00:00:00Z"'
    assert len(read(first, second)) == len(read(second, first)) == 2
    with pytest.raises(Refused, match=r"the 1\. allotment of the same at the same time"):
        read(first, second.replace("02-01", "01-31"))


def test_shares_that_are_never_in_force_together_are_not_added() -> None:
    share = 'channel = "{}"\nitem = "*"\nshare_percent = 60\n{} = "2026-{}-01T00:00:00Z"'
    assert len(read(share.format("a", "until", "02"), share.format("b", "from", "02"))) == 2
    with pytest.raises(Refused, match=r"from 2026-01-01T00:00:00.000Z on 120 % of the same") as no:
        read(share.format("a", "until", "02"), share.format("b", "from", "01"))
    assert no.value.read.startswith("p, line 9, allotment 2.share_percent")
    windows = [share.format("a", "until", "02"), share.format("b", "from", "02"), 'channel = "c"\nitem = "*"']
    assert len(read(*windows[:2], f"{windows[2]}\nshare_percent = 40")) == 3
    with pytest.raises(Refused, match=r"share_percent: 101 %"):
        read(*windows[:2], f"{windows[2]}\nshare_percent = 41")
    always = 'channel = "{}"\nitem = "*"\nshare_percent = {}'
    assert len(read(always.format("a", 50), always.format("b", 50))) == 2
    with pytest.raises(Refused, match="share_percent: 110 % of the same are allotted"):
        read(always.format("a", 50), always.format("b", 50), always.format("c", 10))


def test_shares_meet_where_another_one_starts() -> None:
    window = 'channel = "{}"\nitem = "*"\nshare_percent = 40\nfrom = "2026-01-{}T00:00:00Z"'
    with pytest.raises(Refused, match=r"from 2026-01-09T00:00:00.000Z on 120 %"):
        read(window.format("a", "09"), window.format("b", "05"), window.format("c", "01"))


def test_there_are_only_so_many_allotments() -> None:
    many = [f'channel = "a"\nitem = "{n}"\nqty = 1' for n in range(2_001)]
    assert len(read(*many[1:])) == 2_000
    with pytest.raises(Refused, match=r"allotment 2001: there are 2001 allotments.*at most 2000"):
        read(*many)
