"""What holds for every test: no screen, no foreign settings, no unexpected log record, seeded randomness."""

from __future__ import annotations

import gc
import hashlib
import os
import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.logwatch import LogWatch
from tests.swift import swift

# Qt reads these when it starts, and pytest-qt imports it right after this file; without a platform it aborts.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
# No test leaves a secret in the key store of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
for _name in ("QT_SCALE_FACTOR", "QT_STYLE_OVERRIDE", "QT_QPA_PLATFORMTHEME", "QT_FONT_DPI"):
    os.environ.pop(_name, None)

# Chosen by --hypothesis-profile; "ci" is repeatable to the byte, "soak" looks for new trouble.
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    stateful_step_count=30,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "soak",
    deadline=None,
    max_examples=5000,
    stateful_step_count=100,
    suppress_health_check=[HealthCheck.too_slow],
    print_blob=True,
)
settings.load_profile("ci")


# What a test leaves is small, and looking through everything that was imported for it takes long.
gc.set_threshold(50_000, 20, 100)


def pytest_collection_finish() -> None:
    """Everything imported stays for good: the collector has no need to look at it."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, so that no process is left alone with one of them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests out of the person's own data, settings and caches."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in (
            "XDG_DATA_HOME",
            "XDG_CONFIG_HOME",
            "XDG_CACHE_HOME",
            "XDG_STATE_HOME",
            "XDG_RUNTIME_DIR",
        ):
            place = folder / name.lower()
            place.mkdir(mode=0o700)
            patch.setenv(name, str(place))
        yield


@pytest.fixture(scope="session", autouse=True)
def _worked_out_once() -> Iterator[None]:
    """Thousands of tests start a program of their own, in this one process."""
    with swift():
        yield


@pytest.fixture(autouse=True)
def _log_watch() -> Iterator[LogWatch]:
    """Fail a test during which anything was logged at WARNING or above that it did not ask for."""
    with LogWatch() as watch:
        yield watch
    faults = watch.faults()
    if faults:
        pytest.fail("\n".join(faults), pytrace=False)


@pytest.fixture
def expect_log(_log_watch: LogWatch) -> Callable[[str], None]:
    """Announce a record: `expect_log("feed .* gone")`. It must come at least once; others still fail."""
    return _log_watch.expect


@pytest.fixture
def seeded(request: pytest.FixtureRequest) -> random.Random:
    """A generator seeded by the test's own name: the same numbers in every run, other ones in every test."""
    digest = hashlib.sha256(request.node.nodeid.encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))
