"""What stands in the window's drawers: the five lines of help, or the facts about this station."""

from __future__ import annotations

from collections.abc import Sequence

from app.workflows.view import Screen, StationStatus
from ui.actions import WindowAct
from ui.captions import Captions
from ui.shell.help_lines import help_lines
from ui.theme.theme import Theme
from ui.widgets.drawer import LinesDrawer


def lines_of(which: WindowAct, screen: Screen) -> Sequence[str]:
    """The sentences of help or of the station's facts, for what is on the screen."""
    if which is WindowAct.STATUS:
        return _facts(screen.status)
    return screen.bench.help or help_lines(screen.bench.work)


def lines_drawer(theme: Theme, captions: Captions, which: WindowAct, screen: Screen) -> LinesDrawer:
    """The drawer for help or for the station's facts."""
    title = captions.status_title if which is WindowAct.STATUS else captions.help_title
    return LinesDrawer(theme, captions, title, lines_of(which, screen))


def _facts(status: StationStatus) -> Sequence[str]:
    facts = (
        f"**{status.station}**\n{status.person}",
        f"{status.link_word}\n{status.link_detail}".rstrip(),
        f"{status.waiting_word}\n{status.photo_word}".rstrip(),
        status.device_word,
        # Each by itself: a folder's name may be long.
        *status.copy_word.splitlines(),
    )
    return tuple(fact for fact in facts if fact)
