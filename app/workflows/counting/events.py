"""The fact of a count: what is in a bin, beside what the station's view held of it."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.event import Event, EventKind
from app.workflows.counting.context import Moment
from app.workflows.counting.state import Bin, Expected, Key


def changes(bin_: Bin, expected: Mapping[Key, Expected], *, whole: bool) -> dict[Key, int]:
    """By how many units the view of each line changed since the count began.

    A view that was told anew, or for the first time, meanwhile says nothing of what moved.
    """
    if bin_.whole != whole:
        return {}
    now = {key: known.qty for key, known in expected.items()}
    by = {key: now.get(key, 0) - bin_.opened.get(key, 0) for key in dict.fromkeys([*now, *bin_.opened])}
    return {key: qty for key, qty in by.items() if qty}


def counted(bin_: Bin, moment: Moment, *, empty: bool) -> Event:
    """A fact without moves: what follows from a difference is the centre's to post or to ask about.

    Lines that were not found are told with 0; `seen` is up to where the station knew the centre's stock;
    `expected` is the station's view when the bin was closed, left out where that was not whole (`compared`
    is false then), and `moved` by how many units that view changed while somebody counted.
    """
    lines = {line.key: line for line in bin_.counted}
    told = []
    for key in dict.fromkeys([*lines, *(moment.expected if moment.whole else ())]):
        line, known = lines.get(key), moment.expected.get(key)
        entry: dict[str, object] = {"sku": key[0], "counted": line.qty if line else 0}
        if moment.whole:
            entry["expected"] = known.qty if known else 0
        if key[1]:
            entry["lot"] = key[1]
        if line and line.serials:
            entry["serials"] = sorted(line.serials)
        told.append(entry)
    changed = [
        {"sku": sku, "qty": by} | ({"lot": lot} if lot else {})
        for (sku, lot), by in changes(bin_, moment.expected, whole=moment.whole).items()
    ]
    return Event(
        event_id=moment.event_id,
        kind=EventKind.BIN_COUNTED,
        subject=(f"bin:{bin_.code}", *dict.fromkeys(f"sku:{entry['sku']}" for entry in told)),
        operator=moment.here.operator,
        session=moment.here.session,
        body={
            "owner": moment.here.owner,
            "location": bin_.code,
            "started": bin_.started,
            "seen": moment.seen,
            "empty": empty,
            **({} if moment.whole else {"compared": False}),
            "lines": told,
            "moved": changed,
            "recounted": [list(key) for key in bin_.again],
        },
        policy_ver=moment.policy_ver,
    )
