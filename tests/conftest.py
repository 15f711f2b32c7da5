"""Which simulators this machine has: tests run on those, and the header says what is left out."""

from __future__ import annotations

import pytest

from accel.sim import tools


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "icarus: needs Icarus Verilog; not collected where it is not installed")
    config.addinivalue_line("markers", "long: takes minutes; begun first, so that no worker is left alone with it")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the argument ``simulator`` runs once on each."""
    if "simulator" in metafunc.fixturenames:
        metafunc.parametrize("simulator", tools.available())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if tools.ICARUS not in tools.available():
        dropped = [item for item in items if item.get_closest_marker("icarus")]
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
    missing = tools.ICARUS not in tools.available()
    return ["Icarus Verilog is not installed, its tests are left out: sudo apt-get install iverilog"] if missing else []


@pytest.fixture(scope="session")
def simulators() -> tuple[str, ...]:
    """Names of the installed simulators."""
    return tools.available()


@pytest.fixture(scope="session")
def fast_simulator(simulators: tuple[str, ...]) -> str:
    """The simulator that builds fastest: Icarus, where it is installed."""
    return simulators[-1]
