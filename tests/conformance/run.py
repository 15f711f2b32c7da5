"""Random networks through everything: `make conformance N=300 SEED=1`.

Each is judged by `judge`, on Icarus and every third on Verilator, too, which takes longer to build. Those that
fail are printed at once, in the end made small and printed as lines for `kept.jsonl`, and the status is 1.
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
from collections.abc import Collection
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from pathlib import Path

from accel.sim import tools
from tests.conformance.draw import draw
from tests.conformance.judge import Kind, Verdict, judge
from tests.conformance.networks import Network
from tests.conformance.shrink import shrink

VERILATED = 3  # every how many-th network
EACH = 25  # networks
SHRINKING = 900  # seconds, after which a failing network stays as it is
LEAST_ACCEPTED = 0.7  # of the networks; else the draw has lost sight of what is supported


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=50, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="draws others; the same seed draws the same")
    parser.add_argument("--jobs", type=int, default=2, help="networks at a time")
    options = parser.parse_args()
    start = time.monotonic()
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), _quiet) as pool:
        verdicts = _all(pool, options.seed, options.networks, start)
        failed = {index: verdict for index, verdict in verdicts.items() if not verdict.kind.good}
        for job in as_completed([pool.submit(_small, options.seed, *item) for item in failed.items()]):
            print(job.result(), flush=True)
    for stage, seconds in sorted(sum((Counter(verdict.seconds) for verdict in verdicts.values()), Counter()).items()):
        print(f"{stage}: {seconds:.0f} s")
    print(f"{len(verdicts)} networks of seed {options.seed}: {_counts(verdicts.values())}, {_time(start)}")
    accepted = sum(verdict.kind is not Kind.REFUSED for verdict in verdicts.values())
    if accepted < LEAST_ACCEPTED * len(verdicts):
        print(f"only {accepted} accepted; expected {LEAST_ACCEPTED:.0%}")
    return int(accepted < LEAST_ACCEPTED * len(verdicts) or bool(failed))


def _all(pool: Executor, seed: int, networks: int, start: float) -> dict[int, Verdict]:
    """The verdicts by the networks' numbers; one that is not good is printed at once."""
    verdicts: dict[int, Verdict] = {}
    jobs = {pool.submit(_judged, draw(seed, index), _simulators(index)): index for index in range(networks)}
    for job in as_completed(jobs):
        index = jobs[job]
        verdicts[index] = verdict = job.result()
        if not verdict.kind.good:
            _show()
            print(f"network {index}, {verdict.kind.value}: {verdict.text}", flush=True)
        text = f"{len(verdicts)} of {networks} networks: {_counts(verdicts.values())}, {_time(start)}"
        _show(text, len(verdicts))
    _show()
    return verdicts


def _quiet() -> None:
    """A worker says nothing by itself."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    warnings.simplefilter("ignore")
    logging.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _simulators(index: int) -> tuple[str, ...]:
    """Those that network ``index`` runs on."""
    return tools.available()[-1:] if index % VERILATED else tools.available()


def _small(seed: int, index: int, verdict: Verdict) -> str:
    """The failing network made small, as a line of `kept.jsonl`."""
    end = time.monotonic() + SHRINKING

    def fails(network: Network) -> bool:
        return time.monotonic() < end and _judged(network, _simulators(index)).like(verdict)

    return shrink(draw(seed, index), fails).to_json()


def _judged(network: Network, simulators: tuple[str, ...]) -> Verdict:
    folder = Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        return judge(network, simulators, folder / "network")
    finally:
        shutil.rmtree(folder)


def _counts(verdicts: Collection[Verdict]) -> str:
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
