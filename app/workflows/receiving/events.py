"""The fact of a receipt: what arrived of a transfer, line by line, with its moves out of the lane."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from app.domain.account import Account, Status
from app.domain.event import Event, EventKind
from app.domain.move import Move, MoveKind
from app.domain.place import Virtual
from app.domain.transfer import BOOKED_OVER, BOOKED_SHORT, Coming, ComingLine
from app.workflows.receiving.context import Moment
from app.workflows.receiving.state import Here, Job


class _Lane:
    """The units on their way, taken one line after the other."""

    def __init__(self, job: Job) -> None:
        self._left = {unit.account: unit.qty for unit in job.transfer.units}

    def named(self, line: ComingLine, serial: str) -> Coming | None:
        """The unit of that serial, if it left with the line."""
        for account, left in self._left.items():
            if left and account.item == line.sku and account.serial == serial:
                self._left[account] = 0
                return Coming(account, left)
        return None

    def take(self, line: ComingLine, qty: int) -> list[Coming]:
        """Up to so many units of a line that nobody named, as they are in the lane."""
        fitting = [
            account
            for account, left in self._left.items()
            if left and account.item == line.sku and line.lot in {"", account.lot or ""}
        ]
        taken = list[Coming]()
        for account in fitting:
            some = min(qty, self._left[account])
            if some:
                taken.append(Coming(account, some))
                self._left[account] -= some
                qty -= some
        return taken


def received(job: Job, moment: Moment) -> Event:
    """Units leave the lane for the dock; what is short goes to the count's end, what is over comes from it.

    Lines that nobody touched are not told: they are still to do.
    """
    transfer, lane = job.transfer, _Lane(job)
    moves, told = list[Move](), list[dict[str, object]]()
    for line in transfer.lines:
        if line.line not in job.here:
            continue
        found = job.found(line)
        part, counts = _line(job, line, found, lane, moment)
        moves += part
        entry: dict[str, object] = {
            "line": line.line,
            "sku": line.sku,
            **{k: v for k, v in counts.items() if v},
        }
        if line.line in job.reasons:
            entry["reason"] = job.reasons[line.line]
        told.append(entry)
    strange = dict[str, int]()
    for extra in job.extras:
        target = _account(transfer.owner, extra.item.sku, moment.dock, Status.SELLABLE, extra.lot)
        moves += [_from_nowhere(replace(target, serial=one), 1, transfer.code) for one in extra.serials]
        if plain := extra.qty - len(extra.serials):
            moves.append(_from_nowhere(target, plain, transfer.code))
        strange[extra.item.sku] = strange.get(extra.item.sku, 0) + extra.qty
    body: dict[str, object] = {"transfer": transfer.code, "location": moment.dock, "lines": told}
    if strange:
        body["strange"] = strange
        body["strange_reasons"] = [job.reasons.get(-n, "") for n in range(1, len(job.extras) + 1)]
    return Event(
        event_id=moment.event_id,
        kind=EventKind.TRANSFER_RECEIVED,
        subject=(f"transfer:{transfer.code}",),
        operator=moment.here.operator,
        session=moment.here.session,
        moves=tuple(moves),
        body=body,
        policy_ver=moment.policy_ver,
    )


def _line(
    job: Job, line: ComingLine, found: Here, lane: _Lane, moment: Moment
) -> tuple[list[Move], Counter[str]]:
    moves, counts, code = list[Move](), Counter[str](), job.transfer.code
    # What is damaged left with the others; what is over is told by the sound ones.
    conditions = (
        ("damaged", found.damaged, found.broken, Status.DAMAGED),
        ("received", found.sound, found.serials, Status.SELLABLE),
    )
    for name, _, serials, status in conditions:
        for serial in serials:
            unit = lane.named(line, serial)
            if unit is not None:
                moves.append(_arrived(unit, moment.dock, status, code))
                counts[name] += unit.qty
            else:
                target = _account(job.transfer.owner, line.sku, moment.dock, status, line.lot)
                moves.append(_from_nowhere(replace(target, serial=serial), 1, code))
                counts["over"] += 1
    for name, qty, serials, status in conditions:
        left = qty - len(serials)
        for unit in lane.take(line, left):
            moves.append(_arrived(unit, moment.dock, status, code))
            counts[name] += unit.qty
            left -= unit.qty
        if left:
            target = _account(job.transfer.owner, line.sku, moment.dock, status, line.lot)
            moves.append(_from_nowhere(target, left, code))
            counts["over"] += left
    if line.left:
        for unit in lane.take(line, job.left(line)):
            here = unit.account
            end = Account(here.owner, here.item, Virtual.COUNT, lot=here.lot, serial=here.serial)
            moves.append(Move(unit.qty, here, end, MoveKind.ADJUST, BOOKED_SHORT, code))
            counts["short"] += unit.qty
    return moves, counts


def _arrived(unit: Coming, dock: str, status: Status, code: str) -> Move:
    here = unit.account
    there = Account(
        here.owner,
        here.item,
        dock,
        status,
        lot=here.lot,
        serial=here.serial,
        label=here.label,
        grade=here.grade,
    )
    return Move(unit.qty, here, there, MoveKind.TRANSFER, document=code)


def _account(owner: str, sku: str, place: str, status: Status, lot: str) -> Account:
    return Account(owner, sku, place, status, lot=lot or None)


def _from_nowhere(target: Account, qty: int, code: str) -> Move:
    source = Account(target.owner, target.item, Virtual.COUNT, lot=target.lot, serial=target.serial)
    return Move(qty, source, target, MoveKind.ADJUST, BOOKED_OVER, code)
