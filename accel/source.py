"""Which model is meant: a folder of `models/` or a file, and what its `model.py` and `design.yaml` say."""

from __future__ import annotations

import importlib.util
import re
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType

from accel import formats
from accel.design import Design, read_design
from accel.errors import AccelError, near
from accel.places import PROJECTS

SAVED_MODEL = "saved_model.pb"
WEIGHTS = (".h5", ".weights.h5", "_weights.h5", ".hdf5", "_weights.hdf5")
"""What the weights of an architecture `net.json` are called behind `net`."""

DEFINED = ("DATASET", "dataset", "stimulus")
"""What a `model.py` has: its data set's name, that read from its folder, and made-up inputs."""


@dataclass(frozen=True)
class ModelSource:
    """A model and where it comes from. `folder` (with model.py and design.yaml) is None for a model file alone.

    `name` names what is made of it: ASCII letters, digits and underscores, no digit first. `design_file` is a design
    that was asked for in place of the model's own. `weights` is the file that an architecture has them in.
    """

    name: str
    path: Path
    folder: Path | None = None
    design_file: Path | None = None
    weights: Path | None = None

    @property
    def files(self) -> list[Path]:
        """All that decides what the model computes."""
        if self.folder or self.path.name == SAVED_MODEL:
            found = self.folder.iterdir() if self.folder else self.path.parent.rglob("*")
            return sorted(file for file in found if file.is_file())
        return [self.path, *([self.weights] if self.weights else [])]

    def design(self) -> Design:
        """The design asked for, else the folder's `design.yaml`; without one, all defaults, and reuse factors are
        chosen.
        """
        if self.design_file:
            return read_design(self.design_file)
        file = self.folder / "design.yaml" if self.folder else None
        return read_design(file) if file and file.exists() else Design(reuse=None)

    def definition(self) -> ModuleType | None:
        """The folder's `model.py` as a module (DATASET, dataset, stimulus, ...), None for a model file alone.

        Raises:
            AccelError: it does not run, or lacks one of these three.
        """
        if self.folder is None:
            return None
        file = self.folder / "model.py"
        spec = importlib.util.spec_from_file_location(f"accel_model_{self.name}", file)
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            told = " ".join(str(error).split())
            raise AccelError(f"{file} does not run: {type(error).__name__}: {told}") from error
        if missing := [name for name in DEFINED if not hasattr(module, name)]:
            raise AccelError(
                f"{file} has no {missing[0]}; expected {', '.join(DEFINED)}, as models/lenet/model.py has them"
            )
        return module


def models_root() -> Path:
    """The folder that holds one folder per model: `models` here, or else the one beside the package."""
    here = Path.cwd() / "models"
    return here if here.is_dir() else Path(__file__).resolve().parents[1] / "models"


def resolve(model: str, design: str | None = None) -> ModelSource:
    """The model that `model` names: a folder of `models/` or the path of a file of one of `accel.formats`.

    `design` is the path of a design's file, or the name of one that a sweep of the model left (`p012`); its name is
    then part of the source's.

    Raises:
        AccelError: there is no such folder or file, or it is of another kind.
    """
    source = _resolved(model)
    if design is None:
        return source
    path = Path(design).expanduser()
    swept = designs_folder(source.name)
    if not path.suffix and not path.exists() and (swept / f"{design}.yaml").is_file():
        path = swept / f"{design}.yaml"
    if not path.is_file():
        known = sorted(file.stem for file in swept.glob("*.yaml"))
        raise AccelError(f"no design {design}: expected a design's YAML file, or one of a sweep; {near(design, known)}")
    return replace(source, name=identifier(f"{source.name}_{path.stem}"), design_file=path.resolve())


def designs_folder(name: str) -> Path:
    """Where a sweep of the model called `name` leaves its designs."""
    return PROJECTS / name / "sweep" / "designs"


def _resolved(model: str) -> ModelSource:
    path = Path(model).expanduser()
    first, _, second = model.rpartition(",")
    if first.endswith(".json"):
        path, weights = Path(first).expanduser(), Path(second).expanduser()
        return ModelSource(identifier(path.stem), _there(path), weights=_there(weights))
    if path.suffix in formats.SUFFIXES and not path.is_dir():
        folder = path.name == SAVED_MODEL
        weights = _weights(_there(path)) if path.suffix == ".json" else None
        return ModelSource(
            identifier(path.absolute().parent.name if folder else path.stem), _there(path), weights=weights
        )
    if (path / SAVED_MODEL).is_file():
        return ModelSource(identifier(path.resolve().name), (path / SAVED_MODEL).resolve())
    if path.suffix in formats.REFUSED and path.exists():
        raise AccelError(f"{path}: {formats.REFUSED[path.suffix]}")
    if path.is_dir() and not (models_root() / model).is_dir():
        raise AccelError(f"{path}: a folder without {SAVED_MODEL}; expected one that Keras 2 saved a model to")
    folder = model_folder(model)
    if not (folder / "model.keras").is_file():
        raise AccelError(f"model '{model}' is not trained: no {folder / 'model.keras'}; run: accel train {model}")
    return ModelSource(identifier(model), folder / "model.keras", folder)


def _there(path: Path) -> Path:
    if not path.is_file():
        raise AccelError(f"no model file {path}: expected an existing {formats.LISTED} file")
    return path.resolve()


def _weights(architecture: Path) -> Path:
    """The one file beside the architecture that is called as its weights are."""
    names = [architecture.stem + end for end in WEIGHTS]
    found = [name for name in names if (architecture.parent / name).is_file()]
    if len(found) != 1:
        came = " and ".join(found) if found else "none of them"
        raise AccelError(
            f"{architecture}: an architecture, whose weights are expected beside it in one of {', '.join(names)}; "
            f"there is {came}: name the file that it is, MODEL={architecture.name},weights.h5"
        )
    return architecture.parent / found[0]


def identifier(text: str, before_digit: str = "net_") -> str:
    """`text` as a name that Python, C++ and SystemVerilog take; unchanged where it is one already."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    return before_digit + name if name[0].isdigit() else name


def model_folder(model: str) -> Path:
    """The folder of `models/` called `model`, trained or not; AccelError where there is none."""
    folder = models_root() / model
    if "/" in model or not (folder / "model.py").exists():
        known = sorted(file.parent.name for file in models_root().glob("*/model.py"))
        given = f"unknown model '{model}'" if model else "no model given"
        raise AccelError(
            f"{given}: expected a folder of {models_root()} or a {formats.LISTED} file; " + near(model, known)
        )
    return folder
