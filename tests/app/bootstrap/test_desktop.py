from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from app.bootstrap.desktop import WindowPort
from tests.app.bootstrap.premises import TO_A_LABEL, furnished, options, running
from ui.shell.port import ScreenUpdate


def test_a_window_is_told_of_every_scan_and_of_no_picture_twice(tmp_path: Path) -> None:
    with running(options(furnished(tmp_path), printer="none")) as program:
        heard: list[ScreenUpdate] = []
        port = WindowPort(program)
        port.subscribe(heard.append)
        port.submit(TO_A_LABEL[0], "scanner")
        program.thread.ask(lambda: None)
        for _ in range(3):
            program.bench.refresh()
            program.thread.ask(lambda: None)
        # Beside the scan, the station may have news of its own at any time; none of it is the same picture.
        assert all(
            later.screen != earlier.screen or later.scan_id is not None for earlier, later in pairwise(heard)
        )
        assert heard[-1].screen == port.screen()
        # Scanned again, the same screen is another answer.
        for _ in range(2):
            port.command("HELP")
        program.thread.ask(lambda: None)
        assert [update.scan_id for update in heard if update.scan_id is not None] == [1, 2, 3]
