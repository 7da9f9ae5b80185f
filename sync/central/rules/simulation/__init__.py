"""Simulation: what another allocation policy would have changed, worked out beside the ledger.

One world (units, claims that stand, orders, what happened) is played under two policies, and the two ends are
compared line by line.
"""

from __future__ import annotations

from sync.central.rules.simulation.compare import Comparison, Counts, Tally
from sync.central.rules.simulation.groups import Groups
from sync.central.rules.simulation.play import Played, play
from sync.central.rules.simulation.shapes import (
    Arrived,
    Fixed,
    Happening,
    Left,
    Line,
    LineKey,
    OrderFacts,
    Outcome,
    Shipped,
    Supplied,
    World,
)
from sync.central.rules.simulation.telling import Difference, Policies, told

__all__ = [
    "Arrived",
    "Comparison",
    "Counts",
    "Difference",
    "Fixed",
    "Groups",
    "Happening",
    "Left",
    "Line",
    "LineKey",
    "OrderFacts",
    "Outcome",
    "Played",
    "Policies",
    "Shipped",
    "Supplied",
    "Tally",
    "World",
    "play",
    "told",
]
