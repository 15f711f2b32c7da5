from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from accel.errors import AccelError
from accel.hls4ml_plugin import writer
from tests.hls4ml_plugin.test_backend import converted, tiny

if TYPE_CHECKING:
    from hls4ml.model.graph import ModelGraph


@pytest.fixture
def graph(tmp_path: Path) -> ModelGraph:
    return converted(tiny(), tmp_path / "project")


def test_only_the_lstm_s_faulty_lines_change(graph: ModelGraph, tmp_path: Path) -> None:
    import hls4ml

    graph.write()
    headers = tmp_path / "project" / "firmware" / "nnet_utils"
    shipped = Path(hls4ml.__file__).parent / "templates"
    name = "nnet_recurrent.h"
    ours, theirs = headers / name, shipped / "vivado" / "nnet_utils" / name
    pairs = zip(ours.read_text().splitlines(), theirs.read_text().splitlines(), strict=True)
    changed = [(mine, original) for mine, original in pairs if mine != original]
    assert len(changed) == 2
    assert all("dense<data_T, res_T" in original and "accum_t" in mine for mine, original in changed)


def test_headers_of_another_hls4ml_are_refused(graph: ModelGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MENDED", {"nnet_recurrent.h": {"no such line": ""}})
    with pytest.raises(AccelError, match=r"nnet_recurrent.h is not the one of hls4ml 1.3.0"):
        graph.write()


def test_windows_that_hls4ml_gives_up_on_go_to_ours(graph: ModelGraph, tmp_path: Path) -> None:
    graph.write()
    headers = tmp_path / "project" / "firmware" / "nnet_utils"
    text = (headers / "nnet_pooling_stream.h").read_text()
    assert '#include "accel_pooling_stream.h"' in text
    assert not any(f"void pooling{axes}d_cl(" in text for axes in (1, 2))
    ours = (headers / "accel_pooling_stream.h").read_text()
    assert all(f"void pooling{axes}d_cl(" in ours and f"pooling{axes}d_beside_cl<" in ours for axes in (1, 2))
