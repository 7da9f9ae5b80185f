"""What must hold of units that were decided about under a policy that had been replaced: a case each.

What each policy says of a unit is taken from the table of the office, never from the product's rules.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from tests.simulator.cases import OPEN, missing_case
from tests.simulator.policies import CATEGORY, VARIANTS
from tests.simulator.reading import Centre
from tests.simulator.world import World

_RULED = {"return.dispositioned", "return.regraded"}
_KEY = "policy.outdated:"


@dataclass(frozen=True, slots=True)
class _Posted:
    """An event as it counts at the centre, by the policy of which version it was decided, and who said so."""

    event_id: str
    kind: str
    origin: str
    at: str
    version: str
    corrects: str
    operator: str
    body: Mapping[str, Any]

    def replaces(self, unsure: AbstractSet[str]) -> str:
        """The decision that this one took the place of; none for a word that is not known to be good.

        Whether its approver had the right is still asked of somebody; until then the difference is shown.
        """
        if self.kind == "unit.redecided":
            settles = self.event_id not in unsure and self.operator != "centre"
            return str(self.body["overrides"]["event"]) if settles else ""
        return str(self.body.get("regrades") or "") if self.kind == "return.regraded" else ""


def decided_late(world: World, centre: Centre) -> Iterator[str]:
    """Units that the policy in force sends elsewhere and nobody is told, and cases of others."""
    posted = [
        _Posted(of, kind, origin, at, version, corrects, operator, json.loads(body))
        for of, kind, origin, at, version, corrects, operator, body in centre.rows(_EVENTS)
    ]
    undone = {one.corrects for one in posted if one.corrects}
    unsure = {str(row[0]) for row in centre.rows(_UNSURE)}
    replaced = {one.replaces(unsure) for one in posted if one.event_id not in undone}
    policies = [(str(row[0]), str(row[1])) for row in centre.rows(_POLICIES)]
    due = set[str]()
    for one in posted:
        if one.kind not in _RULED or one.origin not in centre.stations:
            continue
        says = _differs(world, one, policies)
        key = f"{_KEY}{one.event_id}"
        if says and one.event_id not in undone | replaced:
            due.add(key)
            yield from missing_case(centre, key, says)
            yield from _shown(centre, key, one, says)
    for key, (_, state) in centre.cases.items():
        if key.startswith(_KEY) and state == OPEN and key not in due:
            yield f"I5: case {key} is open, and the policy in force says nothing else of a unit that stands"


def _shown(centre: Centre, key: str, one: _Posted, says: str) -> Iterator[str]:
    """The case names both places and both versions."""
    fix = centre.fixes.get(key, "")
    for word in (one.version, str(one.body["place"]), says.rpartition(" ")[2]):
        if key in centre.cases and word not in fix:
            yield f"I3: {says}, and its case {key} does not say {word}: {fix}"


def _differs(world: World, one: _Posted, policies: list[tuple[str, str]]) -> str:
    """How the policy in force when it was posted decides otherwise; empty where it does not."""
    versions = [version for version, published in policies if published <= one.at]
    if one.body.get("rule") == "held" or one.version not in dict(policies) or not versions:
        return ""
    unit = CATEGORY[str(one.body["sku"])], str(one.body["grade"])
    then = VARIANTS[world.policies.get(one.version, 0)].sends(*unit)
    now = VARIANTS[world.policies.get(versions[-1], 0)].sends(*unit)
    if then == now:
        return ""
    return f"{one.event_id} was decided under {one.version}, {versions[-1]} sends it to {now}"


_EVENTS = (
    "SELECT event_id, kind, origin, posted_at, policy_ver, corrects, operator, body FROM event ORDER BY id"
)
_UNSURE = "SELECT event_id FROM event_approval WHERE verdict <> 'valid'"
_POLICIES = "SELECT version, published_at FROM policy ORDER BY id"
