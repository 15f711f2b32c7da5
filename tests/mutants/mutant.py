"""What a mutant is: one small fault of one module, and the tests that must see it."""

from __future__ import annotations

from dataclasses import dataclass

STREAMS = "tests/rtl/test_streams.py"


@dataclass(frozen=True)
class Mutant:
    """``old``, which stands exactly once in the library's ``module``, becomes ``new``; pytest runs ``tests``."""

    module: str
    old: str
    new: str
    tests: tuple[str, ...]

    def applied(self, text: str) -> str:
        """The module's text with the fault.

        Raises:
            ValueError: ``old`` does not stand in it exactly once.
        """
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.module} has '{self.old}' {count} times; expected once")
        return text.replace(self.old, self.new)


def mutants(module: str, keyword: str, *edits: tuple[str, str], file: str = STREAMS) -> tuple[Mutant, ...]:
    """The edits (old, new) of one module, all to be seen by the tests of ``file`` that ``keyword`` selects."""
    return tuple(Mutant(module, old, new, (file, "-k", keyword)) for old, new in edits)


def kept(register: str, reset: str) -> tuple[str, str]:
    """The edit by which ``reset``, a statement that assigns ``register``, does so only while that is unknown: at
    power-up, not in the middle of a frame.
    """
    assignment = reset.removeprefix("if (!rst_ni) ")
    return reset, reset.replace(assignment, f"begin if (^{register} === 1'bx) {assignment} end")
