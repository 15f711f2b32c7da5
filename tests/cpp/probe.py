"""Compile and run the C++ programs that answer for ``ap_fixed`` and hls4ml's kernels."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from accel.fixed import Fixed

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".pytest_cache" / "cpp"
JOBS = 2


def hls4ml_headers() -> tuple[Path, Path]:
    """Include folders of ``ap_fixed.h`` and ``nnet_utils/`` in the installed hls4ml (which is not imported)."""
    templates = Path(find_spec("hls4ml").origin).parent / "templates" / "vivado"
    return templates / "ap_types", templates


def cpp_type(fixed: Fixed) -> str:
    """The C++ spelling of a type."""
    u = "" if fixed.signed else "u"
    return f"ap_{u}fixed<{fixed.width},{fixed.integer},AP_{fixed.rounding.value},AP_{fixed.overflow.value}>"


def compile_program(source: Path, cases: Sequence[str]) -> Path:
    """Build ``source`` with the calls ``cases`` inside; built once per content and kept in ``CACHE``."""
    text = source.read_text() + "\n".join(cases)
    folder = CACHE / f"{source.stem}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    program = folder / "program"
    if program.exists():
        return program
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"cases.{os.getpid()}"  # another process may be compiling the same
    draft.write_text("".join(f"    {case};\n" for case in cases))
    draft.rename(folder / "cases.inc")
    fresh = folder / f"program.{os.getpid()}"
    includes = [f"-I{path}" for path in (folder, *hls4ml_headers())]
    command = ["g++", "-std=c++17", "-O0", "-DNDEBUG", "-w", *includes, str(source), "-o", str(fresh)]
    subprocess.run(command, check=True)
    fresh.rename(program)
    return program


def run_cases(source: str, cases: Sequence[str], inputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Results of each call: int64, as many as its inputs (8-byte elements), from ``tests/cpp/<source>``."""

    jobs = min(JOBS, 1 + len(cases) // 100)

    def chunk(start: int) -> list[np.ndarray]:
        program = compile_program(HERE / source, cases[start::jobs])
        mine = inputs[start::jobs]
        sent = b"".join(np.uint32(len(i)).tobytes() + np.ascontiguousarray(i).tobytes() for i in mine)
        answer = subprocess.run([str(program)], input=sent, capture_output=True, check=True).stdout
        results = np.frombuffer(answer, np.int64)
        assert len(results) == sum(map(len, mine))
        return np.split(results, np.cumsum([len(i) for i in mine])[:-1])

    results: list[np.ndarray] = [np.empty(0)] * len(cases)
    with ThreadPoolExecutor(jobs) as pool:
        for start, part in enumerate(pool.map(chunk, range(jobs))):
            results[start::jobs] = part
    return results
