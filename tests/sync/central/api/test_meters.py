"""Figures in Prometheus' text form, of one process or of several."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from sync.central.api.meters import Meters

COUNT = """
import sys
from sync.central.api.meters import Meters
Meters(sys.argv[1]).answered("GET", "/v1/items", 200, 0.02)
"""


def test_requests_and_writes_are_counted() -> None:
    meters = Meters()
    meters.answered("GET", "/v1/items", 200, 0.02)
    meters.answered("GET", "/v1/items", 200, 0.02)
    meters.answered("BREW", None, 404, 0.5)
    meters.wrote(0.5, 0.25)
    text = meters.text({"backhaul_exceptions_open": ("Open.", 3)}).decode()
    assert 'backhaul_requests_total{method="GET",route="/v1/items",status="200"} 2.0' in text
    assert 'backhaul_requests_total{method="other",route="none",status="404"} 1.0' in text
    assert 'backhaul_request_seconds_bucket{le="0.025",method="GET",route="/v1/items"} 2.0' in text
    assert "backhaul_write_wait_seconds_sum 0.5" in text
    assert "backhaul_write_seconds_sum 0.25" in text
    assert "backhaul_exceptions_open 3.0" in text


def test_two_centres_in_one_process_count_apart() -> None:
    one, two = Meters(), Meters()
    one.answered("GET", "/x", 200, 0.1)
    assert "/x" not in two.text({}).decode()


def test_workers_count_together_and_one_that_died_still_counts(tmp_path: Path) -> None:
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    for _ in range(3):
        subprocess.run([sys.executable, "-c", COUNT, str(tmp_path)], check=True, env=environment)
    text = Meters(str(tmp_path)).text({}).decode()
    assert re.search(r'backhaul_requests_total\{.*route="/v1/items".*\} 3\.0', text)
