"""What of a design may vary, as a `space.yaml` says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from accel import design_file
from accel.errors import AccelError, near
from accel.fixed import Overflow, Rounding
from accel.policy import FARTHEST, LEAST, MOST

GROUPS = {
    "weights": ("weight", "recurrent_weight", "scale"),
    "biases": ("bias", "recurrent_bias"),
    "activations": ("result",),
    "accumulators": ("accum",),
    "tables": ("table", "exp_table", "inv_table"),
}
"""Tensors that are varied together, and the kinds of `design.yaml` that each stands for."""

OBJECTIVES = ("accuracy", "agreement", "usage", "area", "bits", "ii", "latency", "dsp", "bram36", "lut", "ff")
"""What can be asked for; the first two are to be large. `usage` is the share of the part's scarcest
resource, `area` the sum of the shares of all that are known, `bits` the mean width of a weight and a value."""

_RANGE = re.compile(r"(-?\d{1,12})\.\.(-?\d{1,12})(?::(\d{1,12}))?")


def _several(value: Any) -> Any:
    """`4..12`, `4..12:2` (every second) or one value as a list."""
    found = _RANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found:
        step = int(found[3] or 1)
        if step < 1 or int(found[1]) > int(found[2]):
            raise AccelError(f"'{value}': expected a range from the smaller to the larger, e.g. 4..12 or 4..12:2")
        if (int(found[2]) - int(found[1])) // step > 10_000:
            raise AccelError(f"'{value}': expected at most 10,000 values")
        return list(range(int(found[1]), int(found[2]) + 1, step))
    return value if isinstance(value, list | tuple) else [value]


Bits = Annotated[int, Field(strict=True, ge=LEAST, le=MOST)]
Shift = Annotated[int, Field(strict=True, ge=-FARTHEST, le=FARTHEST)]
Cycles = Annotated[int, Field(strict=True, ge=1)]
Strategy = Literal["Latency", "Resource"]


def _choices(kind: Any) -> Any:
    return Annotated[tuple[kind, ...], BeforeValidator(_several), Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(_Strict):
    """What of a group of tensors may vary: the bits in all, the integer bits beyond (or short of) those that the values
    need, and the modes.
    """

    bits: _choices(Bits) = ()
    shift: _choices(Shift) = ()
    rounding: _choices(Rounding) = ()
    overflow: _choices(Overflow) = ()


class Scope(_Strict):
    """What may vary of all layers, of those of a kind, or of one."""

    weights: Group = Group()
    biases: Group = Group()
    activations: Group = Group()
    accumulators: Group = Group()
    tables: Group = Group()
    strategy: _choices(Strategy) = ()
    reuse: _choices(Cycles) = ()


class SpaceFile(Scope):
    """A whole `space.yaml`.

    `each` layer (`each: layer`) or kind of layer has parameters of its own where the model's are given; `kinds` and
    `layers` (by name) have theirs in place of the model's. `ii` are initiation intervals in cycles, to which reuse
    factors are chosen. `max_drop` is in per cent.
    """

    each: Literal["model", "kind", "layer"] = "model"
    ii: _choices(Cycles) = ()
    kinds: dict[str, Scope] = {}
    layers: dict[str, Scope] = {}
    objectives: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    sampler: Literal["tpe", "nsga2", "random", "grid"] = "tpe"
    trials: Annotated[int, Field(strict=True, ge=1)] | None = None
    max_drop: float | None = Field(None, ge=0, le=100, allow_inf_nan=False)
    max_ii: Cycles | None = None
    max_latency: Cycles | None = None


def read(path: Path) -> SpaceFile:
    """Read a `space.yaml`.

    Raises:
        AccelError: it is not YAML, or a key or value is not as expected.
    """
    if not path.is_file():
        raise AccelError(f"no space file {path}: expected an existing YAML file, as docs/sweep.md shows one")
    return parse(design_file.read(path), str(path))


def parse(data: dict[str, Any], origin: str) -> SpaceFile:
    """`data` as a SpaceFile; an AccelError names `origin`, the key, what came and what is expected."""
    try:
        made = SpaceFile.model_validate(data)
    except ValidationError as error:
        raise AccelError(f"{origin}: {_told(error.errors()[0])}") from None
    except AccelError as error:
        raise AccelError(f"{origin}: {error}") from None
    for name in made.objectives:
        if name not in OBJECTIVES:
            raise AccelError(f"{origin}: unknown objective '{name}'; {near(name, OBJECTIVES)}")
    if made.reuse and made.ii:
        raise AccelError(f"{origin}: reuse and ii: both given, expected one; an II has its reuse factors chosen")
    return made


def _told(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        owner = Group if set(error["loc"]) & GROUPS.keys() else SpaceFile if len(error["loc"]) == 1 else Scope
        return f"unknown key '{key}'; {near(str(error['loc'][-1]), owner.model_fields)}"
    return f"{key}: expected {error['msg'].removeprefix('Input should be ')}, got '{error['input']}'"
