"""The list of mutants keeps up with the library."""

from __future__ import annotations

from collections import Counter

from accel.rtl.project import LIBRARY
from tests.mutants.faults import MUTANTS
from tests.rtl.simulate import LIB


def test_every_mutant_can_be_made():
    for mutant in MUTANTS:
        text = (LIB / f"{mutant.module}.sv").read_text()
        assert mutant.applied(text) != text


def test_every_module_has_some():
    counts = Counter(mutant.module for mutant in MUTANTS)
    assert {module for module in LIBRARY if counts[module] < 3} == set()
