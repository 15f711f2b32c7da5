"""Whether the integer model is the quantised model that a file holds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Exactness:
    """The integer model against the quantised model that the file holds: how many of the `values` that all layers up
    to the one called `through` put out for `frames` differ, and `first`, in words, where.

    `through` is not the last layer where a table stands behind it, which no quantiser makes exact. Not counted are
    layers whose outputs are no numbers of fixed point, `between` them and the next quantiser. `replaced` are tensors
    whose types are the design's and not the file's.
    """

    frames: int
    values: int
    differences: int
    through: str
    first: str = ""
    between: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()

    def __str__(self) -> str:
        found = f"{self.differences:,} differences to the quantised model"
        among = f" in {self.values:,} values of {self.frames:,} frames, through layer {self.through}"
        where = f"; first at {self.first}" if self.first else ""
        free = f"; not counted, as not in fixed point: {', '.join(self.between)}" if self.between else ""
        others = f"; types of the design's own: {', '.join(self.replaced)}" if self.replaced else ""
        return f"{found}{among}{where}{free}{others}"
