"""What the doctor finds, expects and advises."""

from __future__ import annotations

import importlib.metadata
import importlib.util

import pytest

from accel import formats
from accel.errors import AccelError
from accel.flow import doctor
from accel.flow.doctor import Check
from accel.sim import tools


@pytest.mark.parametrize(
    ("found", "expected", "good"),
    [
        ("3.11.7", "3.11 or 3.12", True),
        ("3.12.1", "3.11 or 3.12", True),
        ("3.13.0", "3.11 or 3.12", False),
        ("3.1", "3.11 or 3.12", False),
        ("5.48.0", "5.48.0", True),
        ("5.47.0", "5.48.0", False),
        ("11.0", "any", True),
        (None, "any", False),
    ],
)
def test_good(found, expected, good):
    assert Check("tool", found, expected, "", "").good is good


def test_this_machine_has_what_the_tests_need():
    bad = [check.name for check in doctor.machine() if check.required and not check.good]
    assert not bad


def test_versions_are_those_installed():
    versions = {version.name: version.version for version in doctor.versions()}
    assert versions["hls4ml"] == importlib.metadata.version("hls4ml") == "1.3.0"
    assert versions["g++"] == tools.compiler().version


def test_missing_icarus_is_no_fault(monkeypatch):
    def missing() -> tools.Tool:
        raise AccelError("none")

    monkeypatch.setattr(tools, "icarus", missing)
    (check,) = [check for check in doctor.machine() if check.name == "iverilog"]
    assert (check.found, check.required, check.remedy) == (None, False, "sudo apt-get install iverilog")


def test_missing_program_is_found_out(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    make, perl = [check for check in doctor.machine() if check.name in ("make", "perl")]
    assert (make.found, perl.found) == (None, None) and perl.remedy == "sudo apt-get install perl"


def test_model_files(monkeypatch):
    found = doctor.model_files()
    assert {suffixes for suffixes, _, _ in found} >= {", ".join(kind.suffixes) for kind in formats.FORMATS}
    assert (".keras", "HGQ2", "yes") in found and ".keras, .h5, .hdf5" in {suffixes for suffixes, _, _ in found}
    monkeypatch.setattr(doctor, "_installed", lambda name: False)
    here = {words: told for _, words, told in doctor.model_files()}
    assert here["Keras 1, 2 and 3"] == "yes, but not compared with the original's outputs: pip install tf-keras"
    assert here["ONNX"] == "yes" and here["QONNX, read without it"] == "yes"
    assert here["PyTorch's torch.export"] == "no: pip install torch" and here["HGQ2"] == "no: pip install hgq2"


def test_data_sets(monkeypatch, tmp_path):
    (tmp_path / "emodb" / "wav").mkdir(parents=True)
    monkeypatch.setenv("ACCEL_DATA", str(tmp_path))
    sets = dict(doctor.data_sets())
    assert sets["emodb"] == str(tmp_path / "emodb") and sets["mnist"] == "not here; make data DATASET=mnist"
