"""Random fixed-point types, sensible ones mostly, and whatever a design may ask for besides."""

from __future__ import annotations

from accel.fixed import Overflow, Rounding
from accel.synth.dice import Dice


def data(dice: Dice, signed: bool = False) -> str:
    """The type of a result, with all modes; of a signed one where ``signed``."""
    return _fixed(dice, _width(dice), signed or dice.chance(0.75), _modes(dice))


def weight(dice: Dice) -> str:
    """Modes say nothing here: weights are rounded to nearest."""
    return _fixed(dice, dice.between(1, 10), dice.chance(0.85))


def factor(dice: Dice) -> str:
    """The type of a normalisation's scales and biases, which have a sign."""
    return _fixed(dice, dice.between(2, 12), True)


def accum(dice: Dice) -> str:
    """Wraps, but for a few, which are refused; drops bits of the products, or sums, or neither."""
    overflow = Overflow.SAT if dice.chance(0.02) else Overflow.WRAP
    rounding = dice.pick(list(Rounding)) if dice.chance(0.5) else Rounding.TRN
    return _fixed(dice, dice.between(4, 28), dice.chance(0.98), f",{rounding.value},{overflow.value}", least=2)


def table(dice: Dice) -> str:
    """The type of a table's entries; no more integer bits than bits, which is refused for recurrent layers."""
    width = dice.between(3, 18)
    return f"fixed<{width},{dice.between(1, min(width, 8))}{_modes(dice) if dice.chance(0.4) else ''}>"


def entries(dice: Dice) -> int | None:
    """How many entries a table has, mostly as many as there are by default; a power of two, or it is refused."""
    if dice.chance(0.7):
        return None
    return dice.between(8, 1000) if dice.chance(0.05) else 2 ** dice.between(3, 11)


def positive(dice: Dice) -> str:
    """The unsigned types within softmax, where one is not right for all networks: few bits index a table."""
    width = dice.between(4, 11)
    return f"ufixed<{width},{dice.between(0, min(width, 5))},{dice.pick(['TRN', 'RND'])},SAT>"


def share(dice: Dice) -> str:
    """The type of softmax's exponentials and inverses: 1 is to be among the numbers, or what is next to it."""
    width = dice.between(3, 17)
    return f"ufixed<{width},{dice.between(0, min(width, 3))},{dice.pick(list(Rounding)).value},SAT>"


def _width(dice: Dice) -> int:
    odds = dice.rng.random()
    if odds < 0.8:
        return dice.between(4, 12)
    return dice.between(1, 3) if odds < 0.87 else dice.between(13, 24)


def _fixed(dice: Dice, width: int, signed: bool, modes: str = "", least: int = 0) -> str:
    """Integer bits mostly within the width; now and then fewer than none, or more than all."""
    integer = dice.between(-3, width + 2) if dice.chance(0.12) else dice.between(least, max(least, min(width, 6)))
    return f"{'' if signed else 'u'}fixed<{width},{integer}{modes}>"


def _modes(dice: Dice) -> str:
    return f",{dice.pick(list(Rounding)).value},{dice.pick(list(Overflow)).value}"
