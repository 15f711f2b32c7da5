"""Random networks through everything: `make conformance N=300 SEED=1 [CSIM=0]`.

Each is judged by `judge`, on Icarus and every third on Verilator, too, which takes longer to build. Those that fail are
printed at once, in the end made small and printed as lines for `kept.jsonl`, and the status is 1.

With `CSIM=0` only the integer model and the RTL on the fastest built simulator are compared: a second or two a network.
With `LOG=file` each verdict is a line there, and a second call goes on where the first one was stopped.
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
from collections.abc import Collection, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from pathlib import Path

from accel.sim import tools
from tests.conformance.draw import TOGETHER, draw
from tests.conformance.judge import Judge, Kind, Verdict
from tests.conformance.networks import Network
from tests.conformance.shrink import shrink
from tests.log import Log

VERILATED = 3  # every how many-th group of networks
EACH = 25  # networks
SHRINKING = 900  # seconds, after which a failing network stays as it is
LEAST_ACCEPTED = 0.7  # of the networks; else the draw has lost sight of what is supported


def main() -> int:
    options = _options()
    start = time.monotonic()
    log = Log(options.log, Verdict.logged)
    verdicts = log.found
    with ProcessPoolExecutor(options.jobs, multiprocessing.get_context("spawn"), _quiet) as pool:
        for index, verdict in _judge_others(pool, options, verdicts):
            log.add(index, verdict)
            if not verdict.kind.good:
                _show()
                print(f"network {index}, {verdict.kind.value}: {verdict.text}", flush=True)
            text = f"{len(verdicts)} of {options.networks} networks: {_counts(verdicts.values())}, {_time(start)}"
            _show(text, len(verdicts))
        _show()
        failed = {index: verdict for index, verdict in verdicts.items() if not verdict.kind.good}
        jobs = [pool.submit(_small, options.seed, *item, options.csim) for item in failed.items()]
        for job in as_completed(jobs):
            print(job.result(), flush=True)
    for stage, seconds in sorted(sum((Counter(verdict.seconds) for verdict in verdicts.values()), Counter()).items()):
        print(f"{stage}: {seconds:.0f} s")
    print(f"{len(verdicts)} networks of seed {options.seed}: {_counts(verdicts.values())}, {_time(start)}")
    accepted = sum(verdict.kind is not Kind.REFUSED for verdict in verdicts.values())
    if accepted < LEAST_ACCEPTED * len(verdicts):
        print(f"only {accepted} accepted; expected {LEAST_ACCEPTED:.0%}")
    return int(accepted < LEAST_ACCEPTED * len(verdicts) or bool(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=50, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="draws others; the same seed draws the same")
    parser.add_argument(
        "--csim", type=int, choices=(0, 1), default=1, help="0: without the C simulation, which is quick"
    )
    parser.add_argument("--log", type=Path, help="a file for the verdicts; those that are there are not judged again")
    parser.add_argument("--jobs", type=int, default=2, help="groups of networks at a time")
    return parser.parse_args()


def _judge_others(
    pool: Executor, options: argparse.Namespace, verdicts: dict[int, Verdict]
) -> Iterable[tuple[int, Verdict]]:
    """The numbers and verdicts of networks that have none yet, as they come."""
    groups = [range(first, min(first + TOGETHER, options.networks)) for first in range(0, options.networks, TOGETHER)]
    jobs = {}
    for group in groups:
        left = [index for index in group if index not in verdicts]
        if left:
            networks = [draw(options.seed, index) for index in left]
            jobs[pool.submit(_judged, networks, _simulators(left[0], options.csim), options.csim)] = left
    for job in as_completed(jobs):
        yield from zip(jobs[job], job.result(), strict=True)


def _quiet() -> None:
    """A worker says nothing by itself; oneDNN fails in TensorFlow once a process has had hundreds of networks."""
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow", "TF_ENABLE_ONEDNN_OPTS": "0"}
    warnings.simplefilter("ignore")
    logging.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _simulators(index: int, csim: bool) -> tuple[str, ...]:
    """Those that network ``index`` runs on."""
    return tools.available() if csim and index // TOGETHER % VERILATED == 0 else tools.available()[-1:]


def _small(seed: int, index: int, verdict: Verdict, csim: bool) -> str:
    """The failing network made small, as a line of `kept.jsonl`."""
    end = time.monotonic() + SHRINKING

    def fails(network: Network) -> bool:
        return time.monotonic() < end and _judged([network], _simulators(index, csim), csim)[0].like(verdict)

    return shrink(draw(seed, index), fails).to_json()


def _judged(networks: list[Network], simulators: tuple[str, ...], csim: bool) -> list[Verdict]:
    folder = Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        return Judge(simulators, folder / "networks", csim).verdicts(networks)
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
