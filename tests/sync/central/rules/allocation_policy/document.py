"""A small allocation policy that says something in every section, and mistakes made in it."""

from __future__ import annotations

import re

import pytest

from app.domain.refusal import Refused
from sync.central.rules.allocation_policy.reader import read_allocation_policy

FULL = """kind = "allocation"
version = "7"
horizon_days = 14
channels = ["web", "market"]
categories = ["toys", "food"]

[priority]
base = 200
wholesale = 30
[priority.service_level]
next_day = -40
[priority.channel]
market = -5
[[priority.ship_window]]
hours_left = 4
points = -60
[[priority.ship_window]]
hours_left = 24
points = -30
[[priority.late_penalty]]
from_minor = 500
points = -5
[[priority.late_penalty]]
from_minor = 2_500
points = -15
[priority.age]
points_per_day = -2
cap = -20

[channel.market]
fill = "complete"
ship_complete = true
least_life_days = 60
[channel.default]
claim = "soft"
regions_not_served = ["CH", "GB-NIR"]

[basket]
life_minutes = 15
most_units = 20

[block.credit]
keep = false
[block.address]
keep = true

[category.default.exposure]
horizon_days = 10
pass_rate_percent = 60
[category.toys]
safety = 3
exposure.expected_returns = true
[category.food.exposure]
inbound = true
inbound_confidence_percent = 90

[[allotment]]
channel = "market"
category = "toys"
share_percent = 60
from = 2026-11-27T00:00:00+01:00
until = "2026-12-24T00:00:00Z"
spill = { unused_after_hours = 72 }
[[allotment]]
channel = "web"
category = "toys"
share_percent = 40
[[allotment]]
channel = "web"
item = "K-17"
qty = 5
spill = "always"

[[substitute]]
categories = ["toys"]
channels = ["web", "market"]
most_price_difference_percent = 10
[[substitute]]
categories = ["*"]
channels = ["web"]
most_price_difference_percent = 0
needs_consent = false

[split]
most_parcels = 3
split_cost_minor = 400

[sourcing]
lateness_minor_per_day = 500
margin_weight_percent = 50
"""


def refused(right: str, wrong: str, code: str, line: int | None, says: str) -> None:
    """The policy with one part replaced is refused, with file, line and words."""
    assert FULL.count(right) >= 1, right
    with pytest.raises(Refused) as no:
        read_allocation_policy(FULL.replace(right, wrong, 1), "full.toml")
    assert no.value.code == code, str(no.value)
    assert no.value.read.startswith("full.toml"), no.value.read
    assert line is None or re.search(rf"line {line}\b", no.value.read), no.value.read
    assert re.search(says, str(no.value)), str(no.value)
    assert no.value.expected
    assert no.value.do


def line_of(text: str, nth: int = 1) -> int:
    """The line on which a text stands in the policy."""
    return [number for number, line in enumerate(FULL.splitlines(), 1) if line == text][nth - 1]
