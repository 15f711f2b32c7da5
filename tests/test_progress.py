"""The progress that says nothing."""

from __future__ import annotations

import pytest

from accel.progress import SILENT


def test_silent_does_what_is_inside(capfd):
    done = []
    with SILENT.step("working"):
        SILENT.advance(1, 2)
        done.append(1)
    with pytest.raises(ValueError, match="broken"), SILENT.step("failing"):
        raise ValueError("broken")
    assert done == [1] and capfd.readouterr() == ("", "")
