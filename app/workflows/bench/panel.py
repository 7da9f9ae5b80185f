"""The left panel: the open box, its lines and what is expected, here and missing."""

from __future__ import annotations

from app.domain.returns import RmaLine
from app.workflows.bench.goods import in_hand
from app.workflows.bench.known_unit import Again
from app.workflows.bench.state import BenchState, Job, Phase
from app.workflows.texts import Texts
from app.workflows.view import Figure, JobPanel, LineRow, Marker


def job_panel(state: BenchState, texts: Texts) -> JobPanel:
    """The panel of the open job; the line in hand stands first, then wanted and open ones, then done."""
    job = state.job
    if job is None:
        raise ValueError("no job is open")
    if state.pick is not None and state.pick.again is not None:
        return _grades_panel(state.pick.again, texts)
    if job.rma is None:
        return _blind_panel(state, job, texts)
    current = _current(state, job)
    rows = [(_order(line, job, current), _row(line, state, job, texts, current)) for line in job.rma.lines]
    done = sum(not job.left(line) for line in job.rma.lines)
    expected = sum(line.qty for line in job.rma.lines)
    here = sum(job.done.get(line.line, 0) for line in job.rma.lines)
    return JobPanel(
        code=job.rma.code,
        order=texts.say("word.order", order=job.rma.order) if job.rma.order else "",
        progress=texts.say("word.done", done=done, total=len(job.rma.lines)),
        segments=tuple(_segment(line, job, current) for line in job.rma.lines),
        rows=tuple(row for _, row in sorted(rows, key=lambda pair: pair[0])),
        note=_note(state, job, texts),
        figures=(
            Figure(str(expected), texts.say("figure.expected")),
            Figure(str(here), texts.say("figure.here")),
            Figure(str(job.kept), texts.say("figure.extra")),
            Figure(str(job.total_wanting), texts.say("figure.missing")),
        ),
    )


def _blind_panel(state: BenchState, job: Job, texts: Texts) -> JobPanel:
    rows: tuple[LineRow, ...] = ()
    hand = in_hand(state)
    if hand is not None:
        detail = "" if hand.unknown else texts.say("word.item", sku=hand.item.sku)
        rows = (LineRow(Marker.NOW, hand.item.name, detail, 0, hand.qty, texts.say("word.now")),)
    elif state.saved is not None:
        saved = state.saved
        here = saved.pick_qty
        rows = (LineRow(Marker.OK, saved.item.name, saved.label, here, here, saved.decided),)
    return JobPanel(
        code=texts.say("word.blind_code"),
        order=texts.say("word.blind_order"),
        progress="",
        segments=(),
        rows=rows,
        note=texts.say("note.blind"),
        figures=(Figure(str(job.kept), texts.say("figure.kept")),),
    )


def _grades_panel(again: Again, texts: Texts) -> JobPanel:
    """A unit that is graded again: every grade it was given, with whoever gave it."""
    unit = again.unit
    rows = tuple(
        LineRow(
            Marker.OK,
            texts.say("again.row", grade=given.grade, by=given.by),
            f"{given.when}, {given.why}" if given.why else given.when,
            unit.qty,
            unit.qty,
            texts.say("again.first") if not at else texts.say("again.later"),
        )
        for at, given in enumerate(unit.grades)
    )
    return JobPanel(
        code=unit.label,
        order=unit.rma or texts.say("word.blind_order"),
        progress=texts.say("again.progress", n=len(unit.grades)),
        segments=(),
        rows=rows,
        note=texts.say("again.note"),
        figures=(Figure(str(unit.qty), texts.say("again.units")),),
    )


def _current(state: BenchState, job: Job) -> int | None:
    hand = in_hand(state)
    if hand is not None:
        return hand.line
    return next((line.line for line in job.open_lines), None)


def _order(line: RmaLine, job: Job, current: int | None) -> tuple[int, int]:
    return (0 if line.line == current else 1 if job.left(line) else 2, line.line)


def _segment(line: RmaLine, job: Job, current: int | None) -> Marker:
    if line.line in job.missing:
        return Marker.ATTENTION
    if not job.left(line):
        return Marker.OK
    return Marker.NOW if line.line == current else Marker.OPEN


def _row(line: RmaLine, state: BenchState, job: Job, texts: Texts, current: int | None) -> LineRow:
    item = job.items.get(line.sku)
    name = item.name if item else line.sku
    marker = _segment(line, job, current)
    if state.phase is Phase.STOP and line.line == current:
        marker = Marker.STOP
    return LineRow(
        marker=marker,
        title=name,
        detail=_detail(line, texts),
        here=job.done.get(line.line, 0),
        expected=line.qty,
        word=_word(line, state, job, texts, marker),
    )


def _word(line: RmaLine, state: BenchState, job: Job, texts: Texts, marker: Marker) -> str:
    if line.line in job.missing:
        return texts.say("word.missing")
    match marker:
        case Marker.STOP:
            return texts.say("word.stopped")
        case Marker.OK:
            return job.outcomes.get(line.line, "")
        case Marker.NOW:
            return texts.say("word.now" if in_hand(state) else "word.wanted")
        case _:
            return texts.say("word.open")


def _detail(line: RmaLine, texts: Texts) -> str:
    if len(line.serials) == 1:
        return texts.say("word.serial", serial=line.serials[0])
    if line.lot:
        return texts.say("word.lot", lot=line.lot)
    return texts.say("word.item", sku=line.sku)


def _note(state: BenchState, job: Job, texts: Texts) -> str:
    if state.phase is Phase.STOP:
        return texts.say("note.locked")
    if in_hand(state) is not None:
        return texts.say("note.graded")
    line = next(iter(job.open_lines), None)
    if line is None:
        return ""
    name = job.items[line.sku].name if line.sku in job.items else line.sku
    return texts.say("note.not_in_box", item=name)
