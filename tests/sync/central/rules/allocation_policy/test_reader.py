"""The policy that ships is whole and changes nothing by itself; a mistaken one is refused by line and key."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusal import Refused
from app.domain.reservation import Claim
from sync.central.rules.allocation_policy.reader import is_allocation_policy, read_allocation_policy
from sync.central.rules.allocation_policy.scoring import ScoredOrder
from sync.central.rules.allocation_policy.shapes import (
    NEUTRAL,
    AllocationPolicy,
    Basket,
    Block,
    CategoryRule,
    ChannelRule,
    Exposure,
    Fill,
    Sourcing,
    Split,
    SubstituteRule,
    Supply,
)
from tests.sync.central.rules.allocation_policy.document import FULL, line_of, refused

SHIPPED = files("resources").joinpath("policies", "allocation.toml").read_text(encoding="utf-8")
RETURNS = files("resources").joinpath("policies", "returns.toml").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MINIMAL = 'kind = "allocation"\nversion = "1"\n'


@pytest.fixture(scope="module")
def full() -> AllocationPolicy:
    return read_allocation_policy(FULL, "full.toml")


@pytest.mark.parametrize("channel", ["web", "marketplace", "never heard of"])
def test_the_shipped_policy_changes_nothing_for_an_order_that_says_nothing(channel: str) -> None:
    shipped = read_allocation_policy(SHIPPED, "allocation.toml")
    old = ScoredOrder(channel, datetime(2010, 1, 1, tzinfo=UTC))
    assert shipped.score(old, NOW).parts == (("base", 100),)
    rule, neutral = shipped.channel(channel), NEUTRAL.channel(channel)
    assert (rule.claim, rule.fill, rule.ship_complete) == (neutral.claim, neutral.fill, neutral.ship_complete)
    assert (rule.least_life_days, rule.not_served) == (0, ())
    assert shipped.category("toys").safety is None
    assert not any(shipped.category("toys").exposure.on(supply) for supply in Supply)
    assert (shipped.allotments, shipped.substitutes, shipped.split) == ((), (), NEUTRAL.split)
    assert shipped.blocks == NEUTRAL.blocks


def test_the_examples_of_the_shipped_policy_can_be_switched_on() -> None:
    on = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", SHIPPED)
    assert on != SHIPPED
    policy = read_allocation_policy(on, "on.toml")
    assert (policy.scoring.ageing, policy.scoring.channels) != (None, {})
    assert policy.channel("wholesale").claim is Claim.SOFT
    assert policy.category("toys").exposure.pass_rate_percent == 60
    assert len(policy.allotments) == len(policy.substitutes) == 1
    assert policy.split.most_parcels == 3


def test_a_policy_that_says_nothing_is_neutral() -> None:
    assert read_allocation_policy(MINIMAL, "p") == AllocationPolicy("1", MINIMAL)


def test_every_section_is_read(full: AllocationPolicy) -> None:
    assert (full.version, full.source, full.horizon_days) == ("7", FULL, 14)
    assert full.basket == Basket(15, 20)
    assert full.split == Split(3, 400)
    assert full.sourcing == Sourcing(500, 50)
    assert full.substitutes == (
        SubstituteRule(("toys",), ("web", "market"), 10, needs_consent=True),
        SubstituteRule(("*",), ("web",), 0, needs_consent=False),
    )
    assert full.blocks == {
        "fraud": Block("fraud"),
        "credit": Block("credit", keep=False),
        "review": Block("review"),
        "address": Block("address"),
    }


def test_a_channel_takes_what_it_leaves_out_from_default_wherever_that_stands(full: AllocationPolicy) -> None:
    regions = ("CH", "GB-NIR")
    assert full.channel("default") == ChannelRule("default", Claim.SOFT, not_served=regions)
    assert full.channel("market") == ChannelRule("market", Claim.SOFT, Fill.COMPLETE, True, 60, regions)
    assert full.channel("web") == full.channel("default")


def test_a_category_takes_what_it_leaves_out_from_default(full: AllocationPolicy) -> None:
    figures = Exposure(horizon_days=10, pass_rate_percent=60)
    assert full.category("garden") == CategoryRule("default", None, figures)
    toys = Exposure(expected_returns=True, horizon_days=10, pass_rate_percent=60)
    assert full.category("toys") == CategoryRule("toys", 3, toys)
    assert full.category("food").exposure.inbound_confidence_percent == 90


SUBSTITUTE = line_of("[[substitute]]")
EXPOSURE = line_of("[category.default.exposure]")
MISTAKES = [
    ('kind = "allocation"', 'kind = "returns"', "fields.wrong", 1, r"the word allocation"),
    ('kind = "allocation"\n', "", "fields.wrong", None, r"'kind' holds nothing"),
    ('version = "7"\n', "", "fields.wrong", None, r"'version' holds nothing"),
    ('version = "7"', "version = 7", "fields.wrong", 2, r"holds 7"),
    ('version = "7"', 'version = "\\u0000"', "policy.name", 2, r"printable"),
    ('version = "7"', 'version = "7', "policy.not_toml", None, r"Mend that line"),
    ("horizon_days = 14", "horizon_days = 0", "fields.wrong", 3, r"from 1"),
    ("horizon_days = 14", "horizon_day = 14", "policy.unknown_key", 3, r"Did you mean 'horizon_days'"),
    ('channels = ["web", "market"]', 'channels = "web"', "fields.wrong", 4, r"a list of texts"),
    ('"web", "market"]', '"web", "web"]', "policy.dead_entry", 4, r"'web' stands twice"),
    (
        "[channel.market]",
        "[channel.mrket]",
        "policy.unknown_channel",
        line_of("[channel.market]"),
        r"'mrket'.*declare",
    ),
    ("[category.food.exposure]", "[category.fod.exposure]", "policy.unknown_category", None, r"'fod'"),
    (
        'fill = "complete"',
        'fill = "some"',
        "fields.wrong",
        line_of('fill = "complete"'),
        r"one of partial, complete",
    ),
    ('claim = "soft"', 'claim = "basket"', "fields.wrong", line_of('claim = "soft"'), r"one of hard, soft"),
    ("ship_complete = true", 'ship_complete = "yes"', "fields.wrong", None, r"true or false"),
    ("least_life_days = 60", "least_life_days = -1", "fields.wrong", None, r"from 0"),
    (
        "least_life_days = 60",
        "least_life = 60",
        "policy.unknown_key",
        None,
        r"Did you mean 'least_life_days'",
    ),
    ('"CH", "GB-NIR"', '"GB", "GB-NIR"', "policy.dead_entry", None, r"GB-NIR lies in GB.*Remove GB-NIR"),
    ("life_minutes = 15", "life_minutes = 0", "fields.wrong", line_of("life_minutes = 15"), r"from 1"),
    ("most_units = 20", "most = 20", "policy.unknown_key", None, r"basket\.most"),
    ("keep = false", "keep = 0", "fields.wrong", line_of("keep = false"), r"true or false"),
    ("keep = false", "keeps = false", "policy.unknown_key", None, r"Did you mean 'keep'"),
    ("keep = false\n", "", "policy.dead_entry", line_of("[block.credit]"), r"block\.credit is empty"),
    ("pass_rate_percent = 60", "pass_rate_percent = 101", "fields.wrong", EXPOSURE + 2, r"from 0 to 100"),
    (
        "pass_rate_percent = 60",
        "inbound_confidence = 60",
        "policy.unknown_key",
        None,
        r"inbound_confidence_percent",
    ),
    (
        "expected_returns = true",
        "expected_returns = false",
        "policy.dead_entry",
        EXPOSURE + 2,
        r"expected_returns is not switched on",
    ),
    (
        "inbound = true\n",
        "",
        "policy.dead_entry",
        None,
        r"food\.exposure\.inbound_confidence_percent: inbound is not",
    ),
    ("safety = 3", "safety = true", "fields.wrong", line_of("safety = 3"), r"a whole number"),
    ("safety = 3", "safe = 3", "policy.unknown_key", None, r"Did you mean 'safety'"),
    ('categories = ["toys"]\n', "", "policy.dead_entry", SUBSTITUTE, r"it names nothing"),
    (
        'categories = ["*"]',
        'categories = ["*", "toys"]',
        "policy.dead_entry",
        None,
        r"\* stands beside other words",
    ),
    (
        'channels = ["web", "market"]\nmost',
        'channels = ["shop"]\nmost',
        "policy.unknown_channel",
        SUBSTITUTE + 2,
        r"'shop'",
    ),
    (
        'categories = ["*"]',
        'categories = ["toys"]',
        "policy.dead_entry",
        SUBSTITUTE + 5,
        r"rule 1 decides about everything",
    ),
    ("most_price_difference_percent = 10\n", "", "fields.wrong", None, r"holds nothing"),
    ("needs_consent = false", "consent = false", "policy.unknown_key", None, r"needs_consent"),
    ("most_parcels = 3", "most_parcels = 0", "fields.wrong", line_of("most_parcels = 3"), r"from 1"),
    (
        "most_parcels = 3",
        "most_parcels = 1",
        "policy.dead_entry",
        line_of("split_cost_minor = 400"),
        r"never split",
    ),
    ("most_parcels = 3", "parcels = 3", "policy.unknown_key", None, r"most_parcels"),
    ("margin_weight_percent = 50", "margin_weight_percent = 1_001", "fields.wrong", None, r"from 0 to 1000"),
    ("margin_weight_percent = 50", "margin = 1", "policy.unknown_key", None, r"margin_weight_percent"),
    ("[sourcing]", "[sourcin]", "policy.unknown_key", line_of("[sourcing]"), r"Did you mean 'sourcing'"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:24])
def test_a_mistake_is_refused_by_file_line_and_key(
    right: str, wrong: str, code: str, line: int | None, says: str
) -> None:
    refused(right, wrong, code, line, says)


def test_a_horizon_of_exposures_that_are_all_off_is_dead() -> None:
    source = f"{MINIMAL}[category.default.exposure]\nhorizon_days = 5\n"
    with pytest.raises(
        Refused, match=r"^p, line 4, .*inbound, transfers or expected_returns is not switched on"
    ):
        read_allocation_policy(source, "p")


@pytest.mark.parametrize(
    "section", ["priority", "channel", "basket", "block", "category", "split", "sourcing"]
)
def test_an_empty_section_is_dead(section: str) -> None:
    with pytest.raises(Refused, match=rf"^p, line 3, {section} is empty"):
        read_allocation_policy(f"{MINIMAL}[{section}]\n", "p")


def test_the_kind_of_a_document_is_told_without_reading_it_whole() -> None:
    assert is_allocation_policy(SHIPPED)
    assert is_allocation_policy('kind = "allocation"\nwhatever = 5')
    assert not is_allocation_policy(RETURNS)
    assert is_allocation_policy("# ours\n kind='allocation'\nbroken = [")
    assert not is_allocation_policy("kind =")
    assert not is_allocation_policy('# kind = "allocation"')


@pytest.mark.parametrize(
    "document",
    [
        "x = " + "[" * 400,
        "horizon_days = " + "9" * 480,
        f"{MINIMAL}horizon_days = 0x" + "f" * 480,
        f"{MINIMAL}horizon_days = {'[' * 200}{']' * 200}",
    ],
)
def test_a_document_made_to_break_the_reader_is_refused(document: str) -> None:
    with pytest.raises(Refused, match=r"^p") as no:
        read_allocation_policy(document, "p")
    assert len(no.value.read) < 400


def test_what_would_keep_the_parser_busy_is_refused_unread() -> None:
    with pytest.raises(
        Refused, match=r"^p, line 3: there are 604 signs in one line\. Expected at most 500"
    ) as no:
        read_allocation_policy(f"{MINIMAL}{'a.' * 300}a= 1", "p")
    assert no.value.code == "policy.too_long"
    with pytest.raises(Refused, match=r"^p: there are \d+ signs\. Expected at most 262144"):
        read_allocation_policy(MINIMAL + "#\n" * 131_072, "p")
    deep = f"{MINIMAL}x = " + "[\n" * 100_000
    with pytest.raises(Refused, match=r"^p is not TOML"):
        read_allocation_policy(deep, "p")


def test_there_are_only_so_many_rules() -> None:
    rule = '[[substitute]]\ncategories = ["{0}"]\nchannels = ["*"]\nmost_price_difference_percent = 0\n'
    names = [f"c{n}" for n in range(501)]
    words = ",\n".join(map(repr, names[:500]))
    listed = f"{MINIMAL}categories = [{words}]\n"
    assert (
        len(read_allocation_policy(listed + "".join(map(rule.format, names[:500])), "p").substitutes) == 500
    )
    with pytest.raises(Refused, match=r"substitute 501: there are 501 rules about substitutes"):
        read_allocation_policy(listed + "".join(map(rule.format, names)), "p")
    with pytest.raises(Refused, match=r"line 3, categories: there are 501 words.*at most 500"):
        read_allocation_policy(listed.replace("]", ",'more']"), "p")


KEYS = [line for line in FULL.splitlines() if re.match(r"[a-z_.]+ = ", line) and not line.startswith("kind")]


@given(
    st.sampled_from(KEYS),
    st.sampled_from(
        ["-1", "true", '"?"', "[]", "{}", "1.5", "0", "[1]", "{x = 1}", "2026-01-01", '"\\u0000"']
    ),
)
def test_whatever_a_key_holds_the_policy_is_read_or_refused(line: str, value: str) -> None:
    source = FULL.replace(line, f"{line.partition(' = ')[0]} = {value}")
    assert _said(source).startswith("full.toml")


def _said(source: str) -> str:
    try:
        return f"full.toml: {read_allocation_policy(source, 'full.toml').version}"
    except Refused as no:
        return no.read
