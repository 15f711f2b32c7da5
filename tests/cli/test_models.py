"""`accel inspect`, `convert` and `c`: what they print and write, and what they refuse."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from accel import cli
from accel.data import unpacked
from accel.flow import bare
from accel.intake import files
from tests.intake.onnx.files import node, save

FOLDER = Path(__file__).parents[1] / "intake" / "old_keras"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def ran(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = cli.run(list(arguments))
    told = capfd.readouterr()
    return status, told.out, told.err


def test_all_of_it_is_hardware(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capfd, "inspect", str(FOLDER / "keras2_15_0_small.h5"))
    assert status == 0
    rows = {line.split()[0]: line.split()[1:] for line in out.splitlines() if line}
    assert rows["conv"] == ["Conv1D", "8x3", str(3 * 3 * 2 + 3), str(8 * 3 * 3 * 2), "RTL"]
    assert rows["lstm"] == ["LSTM", "4x3", str(12 * (3 + 3 + 1)), str(4 * 12 * (3 + 3)), "RTL"]
    assert rows["total"] == ["185", "654", "RTL"]
    assert "refused" not in out and "no RTL" not in out and "Keras 2.15.0" in out


def test_all_refusals_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    status, out, _ = ran(capfd, "inspect", str(FOLDER / "keras2_3_1_recurrent.h5"))
    assert status == 2
    told = [line for line in out.splitlines() if line.startswith("refused: ")]
    assert len(told) == 1 and "layer 'gru_1' (GRU): reset_after=False" in told[0]
    rows = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line}
    assert (
        rows["gru_1"] == "refused" and rows["gru_2"] == rows["lstm_2_reversed"] == "RTL" and rows["total"] == "refused"
    )


def test_open_sizes_and_masks(capfd: pytest.CaptureFixture[str]) -> None:
    """An open size is told once, and a layer that is called with a mask is looked at without it."""
    import keras

    layers = keras.layers
    keras.Sequential([keras.Input((None, 4)), layers.GRU(2, return_sequences=True)]).save("open.keras")
    keras.Sequential([keras.Input((6, 4)), layers.Masking(), layers.LSTM(2, name="lstm")]).save("masks.keras")
    status, out, _ = ran(capfd, "inspect", "open.keras")
    assert status == 2 and "?x2" in out and out.count("refused: ") == 1 and "expected its sizes by STEPS=" in out
    status, out, _ = ran(capfd, "inspect", "masks.keras")
    assert status == 2 and out.count("refused: ") == 1 and "(Masking): leaves out steps" in out
    assert next(line for line in out.splitlines() if line.startswith("lstm ")).split()[-1] == "RTL"


@pytest.mark.parametrize("io", ["io_stream", "io_parallel"])
def test_what_only_hls_has(io: str, capfd: pytest.CaptureFixture[str]) -> None:
    file, coarse = str(FOLDER / "keras1_2_2_convolutional.h5"), "fixed<16,20>"
    status, out, _ = ran(capfd, "inspect", file, "--io", io, "--precision", coarse)
    told = [line for line in out.splitlines() if line.startswith("no RTL: ")]
    assert status == 2 and len(told) == 2 and "layer 'dense_1'" in told[1]
    assert ran(capfd, "inspect", file, "--io", io)[0] == 0


def test_a_model_of_two_inputs(capfd: pytest.CaptureFixture[str]) -> None:
    import keras

    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    keras.Model([a, b], keras.layers.Add(name="add")([a, keras.layers.Dense(4, name="d")(b)])).save("two.keras")
    status, out, _ = ran(capfd, "inspect", "two.keras")
    hardware = {line.split()[0]: line.split()[-1] for line in out.splitlines() if line}
    assert (status, hardware["d"], hardware["add"], hardware["total"]) == (0, "RTL", "RTL", "RTL")


def test_convert(capfd: pytest.CaptureFixture[str]) -> None:
    known = np.load(FOLDER / "keras2_15_0_split.npz")
    status, out, _ = ran(capfd, "convert", str(FOLDER / "keras2_15_0_folder"), "new.keras")
    assert status == 0 and "model: new.keras" in out
    np.testing.assert_allclose(files.read(Path("new.keras")).outputs(known["x"]), known["y"], rtol=0, atol=1e-6)
    status, _, told = ran(capfd, "convert", str(FOLDER / "keras2_3_1_nested.h5"), "new.keras")
    assert status == 2 and "new.keras: is there already; expected a new name, or --force" in told
    assert ran(capfd, "convert", str(FOLDER / "keras2_3_1_nested.h5"), "new.keras", "--force")[0] == 0
    assert files.read(Path("new.keras")).model.count_params() == 78
    assert {path.name for path in Path().iterdir()} == {"new.keras"}


def test_convert_says_where_axes_move(capfd: pytest.CaptureFixture[str]) -> None:
    path = save(Path("net.onnx"), ("n", 2, 12), [node("GlobalMaxPool", "x", "y")])
    status, out, _ = ran(capfd, "convert", str(path), "new.keras")
    assert status == 0 and "new.keras takes its inputs with the axes 1, 0 of net.onnx: transpose examples." in out


def test_convert_to_something_else(capfd: pytest.CaptureFixture[str]) -> None:
    status, _, told = ran(capfd, "convert", str(FOLDER / "keras2_3_1_small.h5"), "new.h5")
    assert status == 2 and "'new.h5': expected the name of a .keras file" in told
    assert not list(Path().iterdir())


def test_convert_gates_of_keras_1(capfd: pytest.CaptureFixture[str]) -> None:
    known = np.load(FOLDER / "keras1_2_2_recurrent.npz")
    status, out, _ = ran(capfd, "convert", str(FOLDER / "keras1_2_2_recurrent.h5"), "new.keras")
    assert status == 0 and "; hard_sigmoid of Keras 2 (slope 0.2) became that of Keras 3 (slope 1/6), and what" in out
    made = files.read(Path("new.keras"))
    assert made.model.get_layer("lstm_1").recurrent_activation.__name__ == "hard_sigmoid"
    np.testing.assert_allclose(made.outputs(known["x"]), known["y"], rtol=0, atol=1e-6)


def test_convert_hard_sigmoids_of_keras_2(capfd: pytest.CaptureFixture[str]) -> None:
    """As layers of their own, of a Dense and of a GRU's candidate, written here by tf_keras."""
    import tf_keras

    layers, rng = tf_keras.layers, np.random.default_rng(3)
    steps = [
        layers.Activation("hard_sigmoid", input_shape=(6, 3)),
        layers.GRU(4, activation="hard_sigmoid", recurrent_activation="hard_sigmoid"),
        layers.Dense(3, activation="hard_sigmoid"),
        layers.Activation("hard_sigmoid"),
    ]
    old = tf_keras.Sequential(steps)
    old.set_weights([rng.uniform(-2, 2, array.shape) for array in old.get_weights()])
    old.save("old.h5")
    x = rng.uniform(-4, 4, (8, 6, 3)).astype(np.float32)
    assert ran(capfd, "convert", "old.h5", "new.keras")[0] == 0
    made = files.read(Path("new.keras")).outputs(x)
    np.testing.assert_allclose(made, old.predict(x, verbose=0), rtol=0, atol=1e-6)
    assert np.ptp(made) > 0.01


class Harmful:
    """Writes a file when it is unpickled."""

    def __reduce__(self) -> tuple:
        return Path.touch, (Path("ran"),)


def harmful_lambda(keras) -> None:
    inputs = keras.Input((4,))
    keras.Model(inputs, keras.layers.Lambda(lambda x: 2 * x, name="twice")(inputs)).save("net.keras")


def custom_layer(keras) -> None:
    class Own(keras.layers.Dense):
        """A class that no file has."""

    inputs = keras.Input((4,))
    keras.Model(inputs, Own(3, name="own")(inputs)).save("net.keras")


def named(name: str, content: bytes):
    return lambda keras: Path(name).write_bytes(content)


BAD = {
    "a Lambda": (harmful_lambda, "net.keras", r"layer 'twice' (Lambda): holds code, which is never run; expected"),
    "a custom class": (custom_layer, "net.keras", "layer 'own' (Own): of "),
    "a pickle": (named("net.pkl", pickle.dumps(Harmful())), "net.pkl", "a pickle, which runs code when it is read"),
    "a hidden pickle": (named("net.h5", pickle.dumps(Harmful())), "net.h5", "net.h5: a pickle, which runs code"),
    "PyTorch's": (named("net.pth", b"PK"), "net.pth", "expected torch.onnx.export("),
    "a pointer": (named("net.h5", b"version https://git-lfs.github.com/spec/v1"), "net.h5", "`git lfs pull`"),
    "nothing": (named("net.h5", b""), "net.h5", "could not load it: is empty"),
    "a text": (named("net.keras", b"hello there"), "net.keras", "is neither of Keras' kinds of file"),
    "no architecture": (named("net.json", b"[1]"), "net.json,net.json", "expected an architecture as Keras'"),
    "no JSON": (named("net.json", b"{"), "net.json,net.json", "could not load it: Expecting property name"),
    "a folder": (lambda keras: Path("net").mkdir(), "net", "net: a folder without saved_model.pb"),
    "a folder's name": (lambda keras: Path("net.h5").mkdir(), "net.h5", "net.h5: a folder without saved_model.pb"),
    "no SavedModel": (lambda keras: folder(b"?"), "net", "saved_model.pb: expected a Keras model file, could not"),
    "another SavedModel": (lambda keras: folder(b""), "net", "a SavedModel without a graph; expected"),
    "only a part": (
        lambda keras: Path("net.h5").write_bytes((FOLDER / "keras2_3_1_small.h5").read_bytes()[:9000]),
        "net.h5",
        "net.h5: expected a Keras model file, could not load it: ",
    ),
}


def folder(content: bytes) -> None:
    Path("net").mkdir()
    Path("net/saved_model.pb").write_bytes(content)


@pytest.mark.parametrize("kind", BAD)
def test_bad_files_are_refused_in_a_line(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    import keras

    make, name, told = BAD[kind]
    make(keras)
    before = set(Path().rglob("*"))
    capfd.readouterr()
    status, _, errors = ran(capfd, "convert", name, "out.keras")
    (line,) = [line for line in errors.splitlines() if " ..." not in line]
    assert status == 2 and line.startswith("error: ") and told in line, line
    assert set(Path().rglob("*")) == before


def test_a_file_that_unpacks_to_too_much(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacked, "LARGEST", 500)
    for name in ("keras2_15_0_small.h5", "keras2_15_0_split.json", "keras2_15_0_folder", "keras2_15_0_archive.keras"):
        status, _, told = ran(capfd, "convert", str(FOLDER / name), "out.keras")
        assert status == 2 and "bytes; expected at most 500" in told.splitlines()[-1]


def test_a_part_of_a_folder(capfd: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(FOLDER / "keras2_15_0_folder", "net")
    shutil.rmtree("net/variables")
    status, _, told = ran(capfd, "convert", "net", "out.keras")
    assert status == 2 and "no variables/variables.index beside it; expected the whole folder" in told


@pytest.mark.parametrize(("wrong", "first"), [(0, None), (3, "frame 1, output 2: expected 5, got 6")])
def test_plain_c_is_right_or_says_where_it_is_not(wrong, first, capfd, monkeypatch) -> None:
    done = bare.Checked(Path("hls_projects/small/c"), 567, "noise, 64 frames", 64, 640, wrong, first)
    monkeypatch.setattr(bare, "run", lambda request, progress: done)
    status, out, err = ran(capfd, "c", str(FOLDER / "keras2_15_0_small.h5"))
    assert "C++: hls_projects/small/c, 567 lines without the weights" in out
    if wrong:
        assert status == 2 and f"FAIL: 3 of 640 integers differ, first {first}" in err and "PASS" not in out
    else:
        assert status == 0 and "PASS: all 640 integers of 64 frames are the C simulation's" in out
