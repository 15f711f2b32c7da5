"""Random networks through everything: `make conformance N=300 SEED=1`.

Each is judged by `judge`, on Icarus and every third on Verilator, too, which takes longer to build. One that fails is
made small and printed as a line for `kept.jsonl`, and the status is 1.
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from accel.sim import tools
from tests.conformance.draw import draw
from tests.conformance.judge import Kind, Verdict, judge
from tests.conformance.networks import Network
from tests.conformance.shrink import shrink

VERILATED = 3  # every how many-th network
EACH = 25
SHRINKING = 900  # seconds, after which a failing network stays as it is
LEAST_ACCEPTED = 0.7  # of the networks; else the draw has lost sight of what is supported


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=50, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="draws others; the same seed draws the same")
    parser.add_argument("--jobs", type=int, default=2, help="networks at a time")
    options = parser.parse_args()
    start, verdicts = time.monotonic(), []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.jobs, context, _quiet) as pool:
        jobs = {pool.submit(_one, options.seed, index): index for index in range(options.networks)}
        for job in as_completed(jobs):
            verdicts.append(_told(job, jobs[job]))
            _show(f"{len(verdicts)} of {options.networks} networks: {_counts(verdicts)}, {_time(start)}", len(verdicts))
    _show()
    for stage, seconds in sorted(sum((Counter(verdict.seconds) for verdict in verdicts), Counter()).items()):
        print(f"{stage}: {seconds:.0f} s")
    print(f"{len(verdicts)} networks of seed {options.seed}: {_counts(verdicts)}, {_time(start)}")
    accepted = sum(verdict.kind is not Kind.REFUSED for verdict in verdicts)
    if accepted < LEAST_ACCEPTED * len(verdicts):
        print(f"only {accepted} accepted; expected {LEAST_ACCEPTED:.0%}")
    return int(accepted < LEAST_ACCEPTED * len(verdicts) or not all(verdict.kind.good for verdict in verdicts))


def _quiet() -> None:
    """A worker says nothing by itself."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    warnings.simplefilter("ignore")
    logging.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _one(seed: int, index: int) -> tuple[Verdict, Network]:
    """The verdict on a network, and the network, made small where it failed."""
    network, end = draw(seed, index), time.monotonic() + SHRINKING
    simulators = tools.available()[-1:] if index % VERILATED else tools.available()
    verdict = _judged(network, simulators)
    if verdict.kind.good:
        return verdict, network
    return verdict, shrink(network, lambda other: time.monotonic() < end and _judged(other, simulators).like(verdict))


def _judged(network: Network, simulators: tuple[str, ...]) -> Verdict:
    folder = Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        return judge(network, simulators, folder / "network")
    finally:
        shutil.rmtree(folder)


def _told(job: Future[tuple[Verdict, Network]], index: int) -> Verdict:
    """The verdict; one that is not good is printed at once."""
    verdict, small = job.result()
    if not verdict.kind.good:
        _show()
        print(f"network {index}, {verdict.kind.value}: {verdict.text}\n{small.to_json()}", flush=True)
    return verdict


def _counts(verdicts: list[Verdict]) -> str:
    kinds = Counter(verdict.kind for verdict in verdicts)
    ran = Counter(simulator for verdict in verdicts for simulator in verdict.simulators)
    accepted = len(verdicts) - kinds[Kind.REFUSED]
    simulators = "".join(f", {count} by {name}" for name, count in ran.items())
    bad = ", ".join(
        f"{kinds[kind]} {name}"
        for kind, name in ((Kind.MISMATCH, "mismatches"), (Kind.CYCLES, "wrong cycles"), (Kind.CRASH, "crashes"))
    )
    return f"{accepted} accepted, {kinds[Kind.REFUSED]} refused, {bad}{simulators}"


def _time(start: float) -> str:
    seconds = round(time.monotonic() - start)
    return f"{seconds // 60}:{seconds % 60:02d} min"


def _show(text: str = "", done: int = 0) -> None:
    """A line that the next one overwrites; where stderr is no terminal, every `EACH`-th one."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    elif done % EACH == 0 and text:
        sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
