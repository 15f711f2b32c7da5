"""What a command imports before it starts: `accel inspect` and `doctor` answer soon only if that is little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOWS = ("bare", "convert", "cosim", "doctor", "hls", "inspection", "rtl", "run", "synth")
HEAVY = {
    *("tensorflow", "keras", "hls4ml", "sklearn", "matplotlib", "librosa", "soundfile", "PIL", "onnx", "onnxruntime"),
    *("optuna", "dask", "distributed", "torch", "cocotb"),
}


def test_what_is_heavy_is_imported_where_it_is_used():
    code = f"import sys, accel.flow.{', accel.flow.'.join(FLOWS)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    imported = done.stdout.split()
    assert "accel.flow.inspection" in imported
    assert not HEAVY & {name.partition(".")[0] for name in imported}
