"""Reasons with what other systems call them: each code at one reason, each reason where it makes sense."""

from __future__ import annotations

import pytest

from app.domain.policy import Policy, read_policy
from app.domain.policy.reasons import Reason
from tests.app.domain.policy.small import SMALL, refused
from tests.app.domain.policy.test_reader import SHIPPED

# In the place of the small policy's one reason, which stands on lines 29 and 30.
MAPPED = SMALL.replace(
    '[reason]\nlate = "Came too late"\n',
    """\
[reason.late]
text = "Came too late"
codes = { shop = ["LATE", "TOO_LATE"], other = ["L"] }

[reason.worn_out]
text = "Worn out"
categories = ["toys"]
channels = ["web"]
codes = { shop = ["WORN"] }
""",
)

# Shopify's whole list (ReturnReason of its Admin interface), and X12 element 1293 as far as consumers say it.
SHOPIFY = (
    "COLOR DEFECTIVE NOT_AS_DESCRIBED OTHER SIZE_TOO_LARGE SIZE_TOO_SMALL STYLE UNKNOWN UNWANTED WRONG_ITEM"
)


@pytest.fixture(scope="module")
def shipped() -> Policy:
    return read_policy(SHIPPED, "returns.toml")


def test_reasons_are_read_with_their_codes() -> None:
    policy = read_policy(MAPPED, "own.toml")
    assert policy.reasons == (
        Reason("late", "Came too late", codes=(("shop", "LATE"), ("shop", "TOO_LATE"), ("other", "L"))),
        Reason("worn_out", "Worn out", ("toys",), ("web",), (("shop", "WORN"),)),
    )
    assert policy.reason_text("late") == "Came too late"
    assert [policy.reasons[0].called(name) for name in ("shop", "other", "third")] == ["LATE", "L", None]


def test_a_reason_is_found_by_another_systems_code() -> None:
    policy = read_policy(MAPPED, "own.toml")
    for code in ("LATE", "TOO_LATE"):
        found = policy.reason_called("shop", code)
        assert found is not None
        assert found.code == "late"
    assert policy.reason_called("other", "LATE") is None


def test_a_reason_is_offered_where_it_fits() -> None:
    policy = read_policy(MAPPED, "own.toml")
    offered = {
        where: [reason.code for reason in policy.reasons_for(*where)]
        for where in (("toys", "web"), ("toys", "shop"), ("default", "web"), ("unheard of", "web"))
    }
    assert offered == {
        ("toys", "web"): ["late", "worn_out"],
        ("toys", "shop"): ["late"],
        ("default", "web"): ["late"],
        ("unheard of", "web"): ["late"],
    }


def test_the_shipped_policy_knows_every_reason_of_shopify(shipped: Policy) -> None:
    for code in SHOPIFY.split():
        assert shipped.reason_called("shopify", code) is not None, code
    said = {reason.called("shopify") for reason in shipped.reasons} - {None}
    assert said == set(SHOPIFY.split())


@pytest.mark.parametrize(
    ("system", "code", "reason"),
    [
        ("amazon_fba", "SWITCHEROO", "wrong_item_sent"),
        ("amazon_fba", "UNDELIVERABLE_UNCLAIMED", "undeliverable"),
        ("x12", "DT", "damaged_in_transit"),
        ("x12", "CV", "colour"),
    ],
)
def test_the_shipped_policy_reads_other_systems(shipped: Policy, system: str, code: str, reason: str) -> None:
    found = shipped.reason_called(system, code)
    assert found is not None
    assert found.code == reason


def test_wholesale_reasons_are_offered_to_wholesale_alone(shipped: Policy) -> None:
    web, wholesale = (
        {reason.code for reason in shipped.reasons_for("kitchen", name)} for name in ("web", "wholesale")
    )
    assert wholesale - web == {"overstock", "end_of_season"}
    assert "too_small" not in web


MISTAKES = [
    ('text = "Worn out"\n', "", "fields.wrong", 34, "reason worn_out: field 'text' holds nothing"),
    ('text = "Worn out"', 'words = "Worn out"', "fields.wrong", 34, "'words'.*no such key"),
    ('["toys"]\nchannels', '["pets"]\nchannels', "policy.unknown_category", 34, "'pets'.*default, toys"),
    ('["WORN"]', '["LATE"]', "policy.same_code", 34, "shop code 'LATE' stands twice, at late too"),
    ('["LATE", "TOO_LATE"]', '["LATE", "LATE"]', "policy.same_code", 30, "'LATE' stands twice"),
    ('["WORN"]', '[""]', "fields.wrong", 34, "codes that are not empty"),
    ('shop = ["WORN"]', 'Shop = ["WORN"]', "fields.wrong", 34, "small letters"),
    ('{ shop = ["WORN"] }', '"WORN"', "fields.not_an_object", 34, "codes is str"),
]


@pytest.mark.parametrize(("right", "wrong", "code", "line", "says"), MISTAKES, ids=lambda x: str(x)[:30])
def test_a_mistake_is_refused_by_file_line_and_key(
    right: str, wrong: str, code: str, line: int, says: str
) -> None:
    refused(MAPPED, (right, wrong), code, line, says)
