"""Which simulators this machine has: tests run on those, and the header says what is left out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from accel.sim import tools

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "icarus: needs Icarus Verilog; not collected where it is not installed")
    config.addinivalue_line("markers", "chromium: needs Chromium; not collected where it is not installed")
    config.addinivalue_line("markers", "long: takes minutes; begun first, so that no worker is left alone with it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument ``simulator`` runs once on each."""
    if "simulator" in metafunc.fixturenames:
        metafunc.parametrize("simulator", tools.available())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lacking = {"icarus": tools.ICARUS not in tools.available(), "chromium": not any(map(shutil.which, BROWSERS))}
    for marker in (name for name, absent in lacking.items() if absent):
        dropped = [item for item in items if item.get_closest_marker(marker)]
        items[:] = [item for item in items if item not in dropped]
        config.hook.pytest_deselected(items=dropped)
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=lambda item: not item.get_closest_marker("long"))


def _group(item: pytest.Item) -> str:
    """What one worker runs in one go: a file, or what belongs to one model of it."""
    model = item.callspec.params.get("verified", "") if hasattr(item, "callspec") else ""
    return f"{item.location[0]}:{model}"


def pytest_report_header() -> list[str]:
    lacking = {
        "Icarus Verilog is not installed, its tests are left out: sudo apt-get install iverilog": tools.ICARUS
        not in tools.available(),
        "Chromium is not installed, its tests are left out: sudo apt-get install chromium": not any(
            map(shutil.which, BROWSERS)
        ),
    }
    return [words for words, absent in lacking.items() if absent]


@pytest.fixture(scope="session", autouse=True)
def _no_pages() -> Iterator[None]:
    """Reports without the pictures of their pages, which take seconds; `tests/report/test_page.py` draws them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("accel.report.write.draw", lambda report, folder: None)
        yield


@pytest.fixture(scope="session")
def simulators() -> tuple[str, ...]:
    """Names of the installed simulators."""
    return tools.available()


@pytest.fixture(scope="session")
def fast_simulator(simulators: tuple[str, ...]) -> str:
    """The simulator that builds fastest: Icarus, where it is installed."""
    return simulators[-1]
