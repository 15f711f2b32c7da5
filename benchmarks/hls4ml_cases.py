"""hls4ml's own tests of streams, on its backend Accel: which are exact, and which are refused with which words.

    PYTHONPATH=. python benchmarks/hls4ml_cases.py --log cases.jsonl
    PYTHONPATH=. python benchmarks/hls4ml_cases.py --only rnn --csim 0
    PYTHONPATH=. python benchmarks/hls4ml_cases.py --log cases.jsonl --write    # docs/hls4ml.md, too

A case (`tests/conformance/hls4ml_tables.py`) is converted by hls4ml with the test's settings, after accel's exact
rewriting. It is exact where C simulation, integer model and RTL agree on every raw integer and the RTL takes the
predicted cycles; designs of more than `AFFORDABLE` multipliers are not simulated as RTL. Each verdict is a line of the
log, with which a second call goes on. Exit status 1 where one differs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import logging
import os
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accel import cache
from accel.cli import terminal
from accel.intake.rewrite import rewrite
from accel.report.write import table
from accel.sim import tools
from tests.conformance.hls4ml_graphs import cases
from tests.conformance.hls4ml_tables import Case
from tests.conformance.judge import Judge, Kind, Verdict
from tests.conformance.networks import Network, beside
from tests.log import Log

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph

AFFORDABLE = 1200
TOGETHER = 6
"""Cases of the same defaults that one C simulation has."""

DOCS = Path(__file__).parents[1] / "docs" / "hls4ml.md"
HEAD = f"""# hls4ml's own tests of streams

The cases of hls4ml's tests that run in `io_stream`, as Keras models (`tests/conformance/hls4ml_tables.py`,
`hls4ml_graphs.py`), converted with their settings by hls4ml's own interface for `backend="Accel"`.
`python benchmarks/hls4ml_cases.py --write` wrote this page.

Equal: C simulation, integer model and RTL agree on every raw integer, at full rate and with pauses, and the RTL takes
the predicted cycles. Designs of more than {AFFORDABLE:,} multipliers are compared without RTL.

"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--log", type=Path, help="a file for the verdicts; those that are there are not judged again")
    parser.add_argument(
        "--csim", type=int, choices=(0, 1), default=1, help="0: without the C simulation, which is quick"
    )
    parser.add_argument("--write", action="store_true", help="write docs/hls4ml.md")
    options = parser.parse_args()
    os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    warnings.simplefilter("ignore")
    logging.disable()
    chosen = [case for case in cases() if options.only in case.name]
    log = Log(options.log, Verdict.logged)
    for case, verdict in _judged([case for case in chosen if case.name not in log.found], bool(options.csim)):
        log.add(case.name, verdict)
        terminal.say(f"{case.name}: {verdict.kind.value} {verdict.text}")
    text = _told(chosen, log.found)
    terminal.say(text)
    if options.write:
        cache.write(DOCS, f"{HEAD}{text}\n")
    return int(not all(log.found[case.name].kind.good for case in chosen))


def _judged(chosen: list[Case], csim: bool) -> Iterator[tuple[Case, Verdict]]:
    """Each case's verdict, in groups that are compiled together."""
    groups = defaultdict(list)
    for case in chosen:
        groups[case.network.defaults].append(case)
    for group in groups.values():
        for some in (group[first : first + TOGETHER] for first in range(0, len(group), TOGETHER)):
            with tempfile.TemporaryDirectory(prefix="hls4ml-cases-") as folder:
                judge = Judge(
                    tools.available()[-1:],
                    Path(folder) / "networks",
                    csim,
                    _converted,
                    lambda planned: planned.multipliers <= AFFORDABLE,
                )
                yield from zip(some, judge.verdicts([case.network for case in some]), strict=True)


def _converted(networks: Sequence[Network], out: Path) -> ModelGraph:
    """hls4ml's graph of networks side by side, with their settings in its own configuration."""
    import hls4ml

    built, settings = beside(networks)
    model = rewrite(built)
    with contextlib.redirect_stdout(io.StringIO()):
        config = hls4ml.utils.config_from_keras_model(
            model,
            granularity=settings["granularity"],
            backend="Accel",
            default_precision=settings["precision"],
            default_reuse_factor=settings["reuse"],
        )
        config["Model"]["Strategy"] = settings["strategy"]
        for name, own in settings["layers"].items():
            layer = config.setdefault("LayerName", {}).setdefault(name, {})
            layer |= {key: _over(layer.get(key), value) for key, value in own.items()}
        return hls4ml.converters.convert_from_keras_model(
            model, hls_config=config, io_type="io_stream", backend="Accel", output_dir=str(out)
        )


def _over(default: Any, own: Any) -> Any:
    """A setting's value; types of some tensors are put beside the others' defaults."""
    return default | own if isinstance(default, dict) and isinstance(own, dict) else own


def _told(chosen: list[Case], verdicts: dict[str, Verdict]) -> str:
    """How many of each of hls4ml's files ended how, and with which words some were refused."""
    kinds: dict[str, Counter[Kind]] = defaultdict(Counter)
    refused: Counter[tuple[str, str]] = Counter()
    for case in chosen:
        verdict = verdicts[case.name]
        kinds[case.test][verdict.kind] += 1
        if verdict.kind is Kind.REFUSED:
            refused[case.test, verdict.text] += 1
    own = [verdicts[case.name] for case in chosen]
    exact = sum(verdict.kind is Kind.EQUAL for verdict in own)
    simulated = sum(verdict.kind is Kind.EQUAL and bool(verdict.simulators) for verdict in own)
    rows = [(test, found.total(), *(found[kind] or None for kind in Kind)) for test, found in kinds.items()]
    words = [(count, test, text.replace("|", "or")) for (test, text), count in refused.most_common()]
    return "\n\n".join(
        (
            f"{exact} of {len(chosen)} cases are exact, {simulated} of them in RTL, too.",
            table(("hls4ml's test", "cases", *(kind.value for kind in Kind)), rows),
            *([table(("refused", "of", "with the words"), words)] if words else []),
        )
    )


if __name__ == "__main__":
    sys.exit(main())
