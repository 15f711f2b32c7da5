"""How a user wants designs to be searched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """How to search; None leaves the default or what the space file says."""

    space: str | None = None
    precision: str | None = None
    reuse: str | None = None
    ii: str | None = None
    objectives: str | None = None
    sampler: str | None = None
    trials: int | None = None
    minutes: float | None = None
    max_drop: float | None = None
    max_ii: int | None = None
    max_latency: int | None = None
    store: str | None = None
    study: str | None = None
    scheduler: str | None = None
    workers: int | None = None
    seed: int = 0
    confirm: int = 1
    synth: int = 0
