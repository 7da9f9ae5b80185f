"""The screen of a receipt as a pure function of state and facts."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.policy.floor import FloorRules
from app.domain.transfer import ComingLine
from app.workflows.bands import asking, fitted, notice_band
from app.workflows.digits import digit_choices, step_choices
from app.workflows.job_idle import job_idle
from app.workflows.numbers import ANSWER_WORDS
from app.workflows.receiving.lines import over_by
from app.workflows.receiving.state import Hand, Job, Phase, Received, ReceivingState, expected
from app.workflows.texts import Texts, shorten
from app.workflows.view import (
    AnswerWork,
    Band,
    BandState,
    BenchView,
    Choice,
    Fact,
    Figure,
    HeldJob,
    ItemCard,
    JobPanel,
    LastAction,
    LineRow,
    Marker,
    RecentJob,
    Sheet,
    SheetRow,
    TallyWork,
    Tone,
    WaitWork,
    Work,
)

_OTHERS = (("BENCH", "go.bench", "scan"), ("BINCNT", "go.counting", "hash"))
_NAME = 26
_WORDS = {number: word for word, number in ANSWER_WORDS.items()}


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything the screen of a receipt shows beside its state; all texts final."""

    texts: Texts
    rules: FloorRules
    recent: tuple[RecentJob, ...] = ()
    figures: tuple[Figure, ...] = ()
    held: tuple[HeldJob, ...] = ()
    last: LastAction | None = None


def draw(state: ReceivingState, shown: Shown) -> BenchView:
    """The whole view; every text fits its place."""
    job = state.job
    summing = job is not None and state.phase in {Phase.REASON, Phase.CHECK}
    return BenchView(
        band=_band(state, shown),
        work=_work(state, shown),
        job=_summary(job, shown.texts) if job is not None and summing else None,
        last=shown.last if job is None else _last(job),
        actions=_actions(state),
        help=tuple(shown.texts.say(f"help.{_about(state)}_{n}") for n in range(1, 6)),
    )


def _about(state: ReceivingState) -> str:
    about = {
        Phase.IDLE: "recv_idle",
        Phase.OVER: "recv_over",
        Phase.REASON: "recv_sum",
        Phase.CHECK: "recv_sum",
    }
    return about.get(state.phase, "recv")


def _work(state: ReceivingState, shown: Shown) -> Work:
    job = state.job
    if job is None:
        return job_idle(shown, "recv", _OTHERS)
    if state.phase is Phase.REASON:
        return _reasons(job, shown)
    if state.phase is Phase.CHECK:
        return _check(job, shown.texts)
    return _tally(state, job, shown)


def _band(state: ReceivingState, shown: Shown) -> Band:
    texts, job = shown.texts, state.job
    if state.notice is not None:
        return notice_band(state.notice, texts, _context(job, texts))
    if job is None:
        if state.saved is not None:
            return _saved_band(state.saved, texts)
        return asking(texts, "scan", "recv.idle.headline", "recv.idle.hint", {})
    hand = state.hand
    parts: dict[str, object] = {"doc": job.transfer.code, "site": job.transfer.source}
    if hand is not None:
        parts |= {"item": shorten(hand.item.name, _NAME), "qty": hand.qty, "over": over_by(job, hand)}
        parts["total"] = _counted(job, hand)
    if state.phase is Phase.OVER and hand is not None:
        code = "over" if hand.line else "extra"
        if hand.line and job.strange(job.transfer.line(hand.line), hand.serials[-1:]):
            code, parts["serial"] = "strange", shorten(hand.serials[-1], _NAME)
        headline, hint = texts.say(f"recv.{code}.headline", **parts), texts.say(f"recv.{code}.hint", **parts)
        context = _context(job, texts)
        return fitted(BandState.ATTENTION, "bang", headline, hint, context=context, tone=Tone.ATTENTION)
    if state.phase is Phase.REASON:
        name, word = _differs(job, job.asked[0], texts)
        parts |= {"item": shorten(name, _NAME), "word": word, "most": len(shown.rules.reasons)}
    code = {Phase.REASON: "reason", Phase.CHECK: "check", Phase.HAND: "hand"}.get(state.phase, "lines")
    if hand is not None and hand.entering:
        code = "number"
    elif hand is not None and hand.damaged:
        code = "damaged"
    elif state.phase is Phase.LINES and not any(job.left(line) for line in job.transfer.lines):
        code = "all"
    icon = {"reason": "ask", "check": "tick", "number": "hash", "all": "tick"}.get(code, "scan")
    band = asking(texts, icon, f"recv.{code}.headline", f"recv.{code}.hint", parts)
    return Band(band.state, band.icon, band.headline, band.hint, _context(job, texts), tone=band.tone)


def _saved_band(saved: Received, texts: Texts) -> Band:
    parts: dict[str, object] = {"doc": saved.code, "units": saved.units, "lines": saved.open_lines}
    headline = texts.say("recv.saved.headline", **parts)
    code = {0: "hint", 1: "hint_open_one"}.get(saved.open_lines, "hint_open")
    hint = texts.say(f"recv.saved.{code}", **parts)
    return fitted(BandState.OK, "tick", headline, hint, context="", tone=Tone.DONE)


def _context(job: Job | None, texts: Texts) -> str:
    if job is None:
        return ""
    done = len(job.here)
    parts = {"doc": job.transfer.code, "site": job.transfer.source, "n": done, "all": len(job.transfer.lines)}
    return texts.say("recv.context", **parts)


def _counted(job: Job, hand: Hand) -> int:
    found = job.found(job.transfer.line(hand.line)).total if hand.line else 0
    return found + hand.qty


def _tally(state: ReceivingState, job: Job, shown: Shown) -> TallyWork:
    texts, hand = shown.texts, state.hand
    sheet = _sheet(state, job, shown)
    if hand is None:
        title = texts.say("recv.wait.title")
        return TallyWork(sheet, title=title, detail=texts.say("recv.wait.detail", site=job.transfer.source))
    over = over_by(job, hand)
    chip, beside = "", ""
    if not hand.line:
        chip, beside = texts.say("recv.chip.extra"), texts.say("recv.chip.not_listed", doc=job.transfer.code)
    elif over:
        chip = texts.say("recv.chip.over", n=over)
        beside = texts.say("recv.chip.more", n=over, doc=job.transfer.code)
    elif hand.damaged:
        chip, beside = texts.say("recv.chip.damaged"), texts.say("recv.chip.apart")
    elif hand.lot:
        beside = texts.say("word.lot", lot=hand.lot)
    qty = _counted(job, hand)
    accept = texts.say("recv.accept" if state.phase is Phase.OVER else "recv.keep", qty=qty)
    confirm = Choice("OK", accept, icon="tick", key=texts.word("OK"), proposed=True)
    mark = texts.say("recv.sound" if hand.damaged else "recv.damaged.button")
    line = job.transfer.line(hand.line) if hand.line else None
    return TallyWork(
        sheet,
        item=ItemCard(hand.item.name, hand.item.sku),
        chip=chip,
        chip_word=beside,
        label=texts.say("recv.label_damaged" if hand.damaged else "recv.label"),
        figure=hand.digits or "_" if hand.entering else str(qty if not hand.damaged else hand.qty),
        expected=str(expected(line)) if line else "",
        expected_label=texts.say("recv.expected") if line else "",
        steps=step_choices(texts, less=hand.qty > 0) if not hand.entering else (),
        digits=digit_choices(str(hand.qty) if not hand.entering else ""),
        choices=(Choice("BLOCK", mark, icon="cross"),) if line else (),
        confirm=confirm,
    )


def _sheet(state: ReceivingState, job: Job, shown: Shown) -> Sheet:
    texts, hand = shown.texts, state.hand
    rows = [_row(job, line, hand, texts) for line in job.transfer.lines]
    rows += [_extra_row(extra.item.name, extra.qty, texts) for extra in job.extras]
    if hand is not None and not hand.line:
        rows.append(
            SheetRow(Marker.NOW, hand.item.name, here=str(hand.qty), word=texts.say("recv.word.extra"))
        )
    lines = job.transfer.lines
    todo = sum(1 for line in lines if line.line not in job.here and job.left(line))
    touched = [line for line in lines if line.line in job.here]
    short, over = sum(job.left(line) for line in touched), sum(job.over(line) for line in touched)
    over += over_by(job, hand) if hand is not None and hand.line else 0
    trusted = job.transfer.source in shown.rules.trusted
    rest = (Choice("REST", texts.say("recv.rest"), icon="down", key=texts.word("REST")),) if trusted else ()
    return Sheet(
        figures=(
            Figure(str(todo), texts.say("recv.figure.todo")),
            Figure(str(short), texts.say("recv.figure.short")),
            Figure(str(over), texts.say("recv.figure.over")),
            Figure(str(sum(extra.qty for extra in job.extras)), texts.say("recv.figure.extra")),
        ),
        columns=(
            texts.say("recv.column.line"),
            "",
            texts.say("recv.column.expected"),
            texts.say("recv.column.here"),
            texts.say("recv.column.state"),
        ),
        rows=tuple(rows),
        choices=(*rest, Choice("DONE", texts.say("recv.finish"), icon="dtick", key=texts.word("DONE"))),
        segments=tuple(row.marker for row in rows),
    )


def _row(job: Job, line: ComingLine, hand: Hand | None, texts: Texts) -> SheetRow:
    name, wants, found = job.item(line).name, expected(line), job.found(line).total
    if line.lot:
        name = f"{name} {line.lot}"
    if hand is not None and hand.line == line.line:
        qty = found + hand.qty
        word = _state(qty, wants, texts) if qty > wants else texts.say("word.now")
        marker = Marker.ATTENTION if qty > wants else Marker.NOW
        return SheetRow(marker, name, expected=str(wants), here=str(qty), word=word, now=True)
    if line.line not in job.here:
        done = not job.left(line)
        word = texts.say("recv.word.before" if done else "recv.word.todo")
        marker = Marker.OK if done else Marker.OPEN
        return SheetRow(marker, name, expected=str(wants), here=str(line.here) if done else "-", word=word)
    differs = job.left(line) or job.over(line)
    marker = Marker.OK if not differs and not job.found(line).damaged else Marker.ATTENTION
    word = _differs(job, line.line, texts)[1]
    if job.found(line).damaged and not differs:
        word = texts.say("recv.word.damaged", n=job.found(line).damaged)
    return SheetRow(marker, name, expected=str(wants), here=str(found), word=word)


def _extra_row(name: str, qty: int, texts: Texts) -> SheetRow:
    return SheetRow(Marker.ATTENTION, name, expected="-", here=str(qty), word=texts.say("recv.word.extra"))


def _state(found: int, wants: int, texts: Texts) -> str:
    if found == wants:
        return texts.say("recv.word.ok")
    if found < wants:
        return texts.say("recv.word.short", n=wants - found)
    return texts.say("recv.word.over", n=found - wants)


def _differs(job: Job, key: int, texts: Texts) -> tuple[str, str]:
    """Name and word of a line that differs, or of an extra."""
    if key < 0:
        extra = job.extras[-key - 1]
        return extra.item.name, texts.say("recv.word.extra_n", n=extra.qty)
    line = job.transfer.line(key)
    if strange := len(job.strange(line, job.found(line).read)):
        code = "recv.word.strange" if strange == 1 else "recv.word.strange_n"
        return job.item(line).name, texts.say(code, n=strange)
    return job.item(line).name, _state(job.found(line).total, expected(line), texts)


def _summary(job: Job, texts: Texts) -> JobPanel:
    """Only the lines that differ, short and over side by side, never netted."""
    asked = job.asked[0] if job.asked else None
    rows = []
    for key in job.differing:
        name, word = _differs(job, key, texts)
        here = job.extras[-key - 1].qty if key < 0 else job.found(job.transfer.line(key)).total
        wants = 0 if key < 0 else expected(job.transfer.line(key))
        marker = Marker.NOW if key == asked else Marker.OPEN if key in job.asked else Marker.OK
        rows.append(LineRow(marker, name, job.reasons.get(key, "").replace("_", " "), here, wants, word))
    todo = sum(1 for line in job.transfer.lines if line.line not in job.here and job.left(line))
    return JobPanel(
        code=job.transfer.code,
        order=texts.say("recv.from", site=job.transfer.source),
        progress=texts.say("recv.sum.progress", n=len(job.reasons), all=len(job.differing)),
        segments=tuple(row.marker for row in rows),
        rows=tuple(rows),
        note=texts.say("recv.sum.todo", n=todo) if todo else texts.say("recv.sum.whole"),
        figures=(
            Figure(str(len(job.here)), texts.say("recv.figure.lines")),
            Figure(str(sum(here.sound for here in job.here.values())), texts.say("recv.figure.sound")),
            Figure(str(sum(here.damaged for here in job.here.values())), texts.say("recv.figure.damaged")),
        ),
    )


def _reasons(job: Job, shown: Shown) -> AnswerWork:
    texts, key = shown.texts, job.asked[0]
    name, word = _differs(job, key, texts)
    sku = job.extras[-key - 1].item.sku if key < 0 else job.transfer.line(key).sku
    facts: tuple[Fact, ...] = (Fact(texts.say("recv.column.state"), word, Marker.ATTENTION),)
    if key > 0:
        line = job.transfer.line(key)
        told = texts.say("recv.sum.counts", here=job.found(line).total, expected=expected(line))
        facts += (Fact(texts.say("recv.label"), told),)
    answers = tuple(Choice(_WORDS[n], text, key=str(n)) for n, (_, text) in enumerate(shown.rules.reasons, 1))
    return AnswerWork(ItemCard(name, sku, facts), answers, answers_title=texts.say("recv.sum.why"))


def _check(job: Job, texts: Texts) -> WaitWork:
    save = Choice("OK", texts.say("recv.sum.save"), icon="tick", key=texts.word("OK"), proposed=True)
    back = Choice("UNDO", texts.say("recv.sum.back"), icon="undo", key=texts.word("UNDO"))
    title = texts.say("recv.sum.ready", doc=job.transfer.code)
    return WaitWork(title, texts.say("recv.sum.detail"), (save, back), icon="dtick")


def _last(job: Job) -> LastAction | None:
    if not job.touched:
        return None
    return LastAction(Marker.OK, job.touched, shorten(job.last, 34), undo=True)


def _actions(state: ReceivingState) -> tuple[str, ...]:
    if state.phase is Phase.IDLE:
        return ("help", "type_code")
    if state.hand is not None:
        return ("help", "type_code", "quantity", "hold")
    return ("help", "type_code", "hold")
