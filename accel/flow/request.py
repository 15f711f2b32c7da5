"""What a user asks for: a model and the settings to change."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What the user asks for; None leaves a setting as the design has it: that of the file ``design``, by default the
    model's ``design.yaml``.
    """

    model: str
    part: str | None = None
    clock_ns: str | None = None
    precision: str | None = None
    reuse: str | None = None
    strategy: str | None = None
    io: str | None = None
    ii: str | None = None
    fps: str | None = None
    steps: str | None = None
    data: str | None = None
    design: str | None = None

    @property
    def changes(self) -> dict[str, str]:
        """The settings given, by name."""
        names = ("part", "clock_ns", "precision", "reuse", "strategy", "io", "ii", "fps", "steps", "data")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name) is not None}
