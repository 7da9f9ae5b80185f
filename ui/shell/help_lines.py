"""Five lines for F1 for each kind of work, where the view brings none of its own."""

from __future__ import annotations

from app.workflows.view import (
    AnswerWork,
    IdleWork,
    QuantityWork,
    ReviewWork,
    SavedWork,
    SignInWork,
    StopWork,
    TallyWork,
    WaitWork,
    Work,
)

_ALWAYS = "Every scan lands here, wherever the cursor is. No code to scan? Press **F2** and type it."

_IDLE = (
    "Scan the parcel's tracking label, the return's code or the item itself.",
    "An item scanned now is only looked up: nothing is written before a job is open.",
    "Nothing on the box? **BLIND** or **F5** starts a return without its number.",
    "A job that was parked goes on where it stopped: touch **Resume** or scan its parcel.",
    _ALWAYS,
)
_WAIT = (
    "Scan the next item of this return, or its serial number.",
    "An item that is not on the return is never added by itself; the band then asks.",
    "Is something missing? **NOT IN BOX** closes its line. **DONE** lists what stays open.",
    "**F8** parks the job; its lines are kept, also when the power goes.",
    _ALWAYS,
)
_ANSWER = (
    "Scan the answer on the mat, press its number or touch it: all three do the same.",
    "The foot of the panel names what follows and by which rule.",
    "Where grades are shown, scanning one skips the questions that policy lets you skip.",
    "Scanning another item now keeps this question for later.",
    _ALWAYS,
)
_QUANTITY = (
    "A digit sets the number; it replaces, it does not add.",
    "Scanning the item again adds to what was counted before.",
    "A number as long as a barcode is refused; over 99 is asked once.",
    "**Enter** or **OK** takes the number that is shown.",
    _ALWAYS,
)
_TALLY = (
    "Scan an item: it comes into the hand, with its number.",
    "A digit sets the number; it replaces, it does not add.",
    "The next item keeps what was set; every scan is on this station's disk.",
    "**DONE** closes the job; what differs is asked for first.",
    _ALWAYS,
)
_SAVED = (
    "It is saved on this station's disk. The label is in the printer's queue.",
    "**Saved here** and **sent** are two facts: the centre may get it later.",
    "Put the item where the large words say, then scan what comes next.",
    "Wrong? **UNDO** takes the whole last step back, label and counters too.",
    _ALWAYS,
)
_STOP = (
    "The station is locked because going on could put the wrong thing on record.",
    "Compare the marked characters with the item in your hand.",
    "Scan one of the ways out that are shown, or touch it. Enter does nothing here.",
    "**UNDO** drops the scan and changes nothing.",
    _ALWAYS,
)


_REVIEW = (
    "Scan a label, then **OK** or **REJECT**; marks decide nothing yet.",
    "Your badge, then your PIN once, sign all that is marked.",
    "You cannot decide about your own work.",
    "**UNDO** takes a mark off. What was signed is corrected later.",
    _ALWAYS,
)


_SIGN_IN = (
    "The screen is closed; every job and its draft are as they were.",
    "Open it as the band says: nothing of a job can be done before.",
    "A scan made now is not counted: scan it again when the job is back.",
    "What waits to be sent goes on being sent meanwhile.",
    "**SIGN OUT** ends the session; the next one begins at the same job.",
)


def help_lines(work: Work) -> tuple[str, ...]:
    """The window's own lines for a kind of work."""
    match work:
        case IdleWork():
            return _IDLE
        case WaitWork():
            return _WAIT
        case AnswerWork():
            return _ANSWER
        case QuantityWork():
            return _QUANTITY
        case SavedWork():
            return _SAVED
        case StopWork():
            return _STOP
        case TallyWork():
            return _TALLY
        case ReviewWork():
            return _REVIEW
        case SignInWork():
            return _SIGN_IN
