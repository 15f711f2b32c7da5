"""What instances will take of an FPGA, without a synthesis: multipliers and block RAMs counted, look-up tables and
flip-flops from a model fitted to what Yosys made of others.

Both are sums of terms (`accel.synth.formulas`), each times a coefficient of its module and family. The coefficients and
how far they were off are in `coefficients/<family>.json`, written by `benchmarks/fit_resources.py`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from accel.rtl.layers import Instance
from accel.rtl.plan import Plan
from accel.rtl.products import products
from accel.synth.families import Family, Resources
from accel.synth.formulas import parts
from accel.synth.terms import Parts, typical

KINDS = ("lut", "ff")


@dataclass(frozen=True)
class Fit:
    """Of one module: ``coefficients`` of the terms of one kind; ``median`` and ``worst`` relative error at
    ``instances`` that were left out of the fit one fold at a time.
    """

    coefficients: Mapping[str, float]
    median: float
    worst: float
    instances: int


UNFITTED = Fit({}, math.nan, math.nan, 0)

Coefficients = Mapping[str, Mapping[str, Fit]]
"""By module and kind."""


def estimate(instance: Instance, family: Family) -> Resources:
    """What ``instance`` takes of ``family``; ``lut`` and ``ff`` are NaN where the model was not fitted to the family,
    and by rule of thumb where it was not to the module.
    """
    fabric, made, fitted = family.fabric, parts(instance, family), coefficients(family.name)
    fits = fitted.get(instance.module, dict.fromkeys(KINDS, UNFITTED))
    lut, ff = (_sum(fits[kind], made, kind) if fitted else math.nan for kind in KINDS)
    dsp = fabric.dsp(products(instance.module, instance.parameters))
    return Resources(lut, ff, dsp, fabric.bram(instance.block_shapes))


def _sum(fit: Fit, made: Parts, kind: str) -> int:
    """The terms, each times its coefficient; one that no instance of the fit had counts as is typical."""
    terms = getattr(made, kind)
    return round(sum(fit.coefficients.get(name, typical(kind, name)) * count for name, count in terms.items()))


def of_plan(plan: Plan, family: Family) -> Resources:
    """What all instances of ``plan`` take."""
    return sum((estimate(instance, family) for instance in plan.instances), Resources())


@cache
def coefficients(family: str) -> Coefficients:
    """By module and kind (`lut`, `ff`); nothing for a family to which the model was not fitted."""
    file = resources.files("accel.synth") / "coefficients" / f"{family}.json"
    return read(json.loads(file.read_text())) if file.is_file() else {}


def read(stored: Mapping[str, Any]) -> Coefficients:
    """The content of a family's file."""
    return {name: {kind: Fit(**own[kind]) for kind in KINDS} for name, own in stored["modules"].items()}
