"""How the product on the loop of a recurrent layer is cut in time: the shape of ``acc_recurrent_sums``."""

from __future__ import annotations

import math
from dataclasses import dataclass

from accel.rtl.layers.affine import tree_levels


@dataclass(frozen=True)
class Rounds:
    """U·h in ``rounds`` rounds of ``fold`` cycles: each takes all of h, in slices, for a part of the outputs.

    Outputs are ordered unit by unit, so that units pass the gates while the sums of the others are computed.
    """

    gates: int
    units: int
    fold: int
    rounds: int

    @property
    def reuse(self) -> int:
        """Cycles that the product takes."""
        return self.fold * self.rounds

    @property
    def simd(self) -> int:
        """Elements of h that a cycle takes."""
        return self.units // self.fold

    @property
    def parallel(self) -> int:
        """Outputs of a round, and elements of the beat of W·x that it takes."""
        return self.gates * self.units // self.rounds

    @property
    def count(self) -> int:
        """Rounds that give whole units."""
        return self.gates // math.gcd(self.parallel, self.gates)

    @property
    def lanes(self) -> int:
        """Units that pass the gates at once: those of as many rounds as give whole ones."""
        return self.count * self.parallel // self.gates

    @property
    def close(self) -> bool:
        """Whether they do so cycle by cycle."""
        return self.fold * self.count == 1 and self.lanes < self.units

    @property
    def multipliers(self) -> int:
        """Those of the product, and three per lane for the gates and the update."""
        return self.simd * self.parallel + 3 * self.lanes

    @property
    def levels(self) -> int:
        """Of the adder trees: one with the base, or two halves in front of an accumulator."""
        return tree_levels(self.simd + 1 if self.fold == 1 else -(-self.simd // 2))

    @property
    def taken(self) -> int:
        """Cycles from a round's first slice to its beat of W·x."""
        return 1 if self.fold == 1 else 1 + self.levels

    @property
    def done(self) -> int:
        """Cycles from the first slice of the last round to its sums, with those of the rounds before."""
        return self.reuse - self.fold + (1 + self.levels if self.fold == 1 else self.taken + self.fold)


def choose(gates: int, units: int, reuse: int, late: int) -> Rounds:
    """The shape with ``reuse`` cycles, a divisor of the product's multiplications, that has the fewest lanes; then the
    fewest cycles, then the fewest accumulators; its last sums are there at most ``late`` cycles behind ``reuse``,
    where any shape is as quick.
    """
    folds = [fold for fold in range(1, units + 1) if units % fold == 0 and reuse % fold == 0]
    shapes = [Rounds(gates, units, fold, reuse // fold) for fold in folds if gates * units % (reuse // fold) == 0]
    return min(shapes, key=lambda shape: (shape.done > reuse + late, shape.lanes, shape.done, shape.parallel))
