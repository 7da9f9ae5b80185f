"""The allocation policy: versioned data that says who gets units first, what is kept back and what may wait.

A policy is a TOML document that planners publish to the centre; `resources/policies/allocation.toml` is the
one that ships and explains every key.
"""

from __future__ import annotations

from sync.central.rules.allocation_policy.allotments import ANY, Allotment, Spill, Target, kept_back
from sync.central.rules.allocation_policy.reader import (
    KIND,
    LONGEST,
    is_allocation_policy,
    read_allocation_policy,
)
from sync.central.rules.allocation_policy.scoring import Ageing, Score, ScoredOrder, Scoring, Step
from sync.central.rules.allocation_policy.section import DEFAULT
from sync.central.rules.allocation_policy.shapes import (
    NEUTRAL,
    AllocationPolicy,
    Basket,
    Block,
    CategoryRule,
    ChannelRule,
    Counted,
    Exposure,
    Fill,
    Sourcing,
    Split,
    SubstituteRule,
    Supply,
    covers,
    good_until,
)

__all__ = [
    "ANY",
    "DEFAULT",
    "KIND",
    "LONGEST",
    "NEUTRAL",
    "Ageing",
    "AllocationPolicy",
    "Allotment",
    "Basket",
    "Block",
    "CategoryRule",
    "ChannelRule",
    "Counted",
    "Exposure",
    "Fill",
    "Score",
    "ScoredOrder",
    "Scoring",
    "Sourcing",
    "Spill",
    "Split",
    "Step",
    "SubstituteRule",
    "Supply",
    "Target",
    "covers",
    "good_until",
    "is_allocation_policy",
    "kept_back",
    "read_allocation_policy",
]
