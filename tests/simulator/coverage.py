"""The twenty kinds of conflict, and by what a history shows that it reached each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

CONFLICTS: Mapping[str, Sequence[str]] = {
    "same RMA received at two stations": ("case return.over_quantity", "case return.missing_excess"),
    "same serial present twice": ("case serial.twice",),
    "received again after scrap or ship-out": (
        "case return.after_end",
        "case return.over_return",
        "case return.orphan",
    ),
    "over-receipt": ("case return.over_quantity", "case return.wrong_item", "case return.extra_item"),
    "unknown RMA, SKU or barcode": (
        "case return.unidentified",
        "case return.unknown_rma",
        "case item.unknown",
        "case return.blind",
    ),
    "transfer short, over or damaged": ("case transfer.short", "case transfer.over", "case transfer.damaged"),
    "arrival before the shipment": ("case transfer.unknown", "case transfer.twice"),
    "write-off over limit or second person missing": (
        "verdict review",
        "verdict invalid",
        "refused: approval.limit",
    ),
    "approval by a revoked supervisor": (
        "case approval.review",
        "case approval.invalid",
        "refused: approval.revoked",
    ),
    "stale policy or price": ("case policy.outdated",),
    "negative stock": ("case stock.negative",),
    "reservation of stock already gone": ("promise lost to a station",),
    "clock skew": ("case clock.skew",),
    "sequence gap": ("answered gap",),
    "fork, clone, restored station": ("case chain.fork", "case chain.renewed"),
    "restored centre": ("centre put back",),
    "event id with other content": ("case event.id_reuse",),
    "bad signature or chain break": ("case event.rejected",),
    "attachment missing or wrong": ("case photo.lost", "case photo.late"),
    "two graders disagree": ("case return.graders_disagree",),
}


def table(reached: Counter[str], seeds: int) -> str:
    """How many histories of 10,000 reach each kind, and which are reached by none."""
    lines = ["kinds of conflict, histories per 10,000 in which each was reached:"]
    for name, signs in CONFLICTS.items():
        most = max(reached[sign] for sign in signs)
        rate = round(10_000 * min(1.0, most / seeds)) if seeds else 0
        lines.append(f"  {rate:6d}  {name}" + ("" if most else "  (never)"))
    return "\n".join(lines)
