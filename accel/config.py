"""A design's settings: `design.yaml`, what the command line changes in it, and which model is meant."""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from accel import design_file
from accel.errors import AccelError
from accel.fixed import Fixed

SUFFIXES = (".keras", ".h5", ".onnx")
PRECISIONS = (
    *("result", "weight", "bias", "recurrent_weight", "recurrent_bias", "accum", "table", "scale"),
    *("exp_table", "inv_table", "inp_norm", "inv_inp"),
)
"""What of a layer has a type of its own, by hls4ml's names; the second line is softmax's."""
DEFINED = ("DATASET", "dataset", "stimulus")
"""What a `model.py` has: its data set's name, that read from its folder, and made-up inputs."""
_AUTO = re.compile(r"auto(?:<(\d+)>)?")
_WHOLE = re.compile(r"-?\d{1,18}")
_LAYER_FACTOR = re.compile(r"\s*([^\s:/]+)\s*:\s*(\d{1,18})(?:/(\d{1,18}))?\s*")

Factor = Annotated[int, Field(strict=True, ge=1)]
"""A reuse factor."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LayerDesign(_Strict):
    """What one layer has of its own; everything left out follows the design's defaults."""

    reuse: Factor | None = None
    recurrent_reuse: Factor | None = None
    strategy: Literal["Latency", "Resource"] | None = None
    precision: dict[str, str] = {}
    table_size: int | None = Field(None, strict=True, ge=2)

    @field_validator("precision")
    @classmethod
    def _types(cls, value: dict[str, str]) -> dict[str, str]:
        for text in value.values():
            Fixed.parse(text)
        return value


class Design(_Strict):
    """One design.

    `precision` is `auto<W>` (W bits, the rest from measured ranges; `auto` is 16) or one fixed type. `data` is a file
    of examples (`accel.data.user`), in a `design.yaml` one beside that. `steps` is how long the inputs are of a network
    that leaves it open.
    """

    part: str = "xc7z020clg400-1"
    clock_ns: float = Field(10.0, gt=0, allow_inf_nan=False)
    io: Literal["io_stream", "io_parallel"] = "io_stream"
    strategy: Literal["Latency", "Resource"] = "Latency"
    reuse: Factor = 1
    precision: str = "auto"
    data: str | None = None
    steps: int | None = Field(None, ge=1)
    layers: dict[str, LayerDesign] = {}

    @field_validator("precision")
    @classmethod
    def _policy(cls, value: str) -> str:
        found = _AUTO.fullmatch(value)
        if found and not 4 <= int(found[1] or 16) <= 24:
            raise AccelError(f"precision '{value}': expected 4 to 24 bits, e.g. auto<16>")
        if not found:
            Fixed.parse(value)
        return value

    @field_validator("layers")
    @classmethod
    def _kinds(cls, value: dict[str, LayerDesign]) -> dict[str, LayerDesign]:
        for name, layer in value.items():
            for kind in layer.precision:
                if kind not in PRECISIONS:
                    raise AccelError(f"layers.{name}.precision: unknown '{kind}'; {near(kind, PRECISIONS)}")
        return value

    @property
    def width(self) -> int | None:
        """Total bits under the `auto` policy; None where `precision` is one fixed type for everything."""
        found = _AUTO.fullmatch(self.precision)
        return int(found[1] or 16) if found else None

    def layer(self, name: str) -> LayerDesign:
        """The settings of layer `name`, all at their defaults where the design does not mention it."""
        return self.layers.get(name, LayerDesign())

    def reuse_of(self, name: str) -> int:
        """The reuse factor asked for layer `name`."""
        return self.layer(name).reuse or self.reuse

    def check_layers(self, names: Iterable[str], given: Iterable[str] = ()) -> None:
        """Refuse settings for a layer that is not among `names`; those of the model before folding are `given`."""
        names, given = list(names), set(given)
        for name in self.layers:
            if name in given and name not in names:
                raise AccelError(
                    f"layers.{name}: hls4ml folded this layer into another or left it out, so it has no settings of "
                    f"its own; expected one of: {', '.join(names)}"
                )
            if name not in names:
                raise AccelError(f"layers.{name}: the model has no such layer; {near(name, names)}")

    def changed(self, values: Mapping[str, str]) -> Design:
        """This design with command-line values, keyed part, clock_ns, io, strategy, reuse, precision.

        `precision` and a plain `reuse` replace those of every layer, too; `reuse` may also be `conv1:4,gru:8/16`,
        which changes just these layers: input product and, behind the slash, recurrent product.
        """
        data = self.model_dump(exclude_unset=True)
        layers = data.setdefault("layers", {})
        for key, value in values.items():
            if key == "reuse" and ":" in value:
                for name, factors in _layer_factors(value):
                    layers.setdefault(name, {}).update(factors)
                continue
            data[key] = int(value) if key == "reuse" and _WHOLE.fullmatch(value) else value
            owned = {"reuse": ("reuse", "recurrent_reuse"), "precision": ("precision",)}.get(key, (key,))
            for layer in layers.values():
                for name in owned:
                    layer.pop(name, None)
        return parse_design(data, "command line")


def _layer_factors(text: str) -> Iterator[tuple[str, dict[str, int]]]:
    """The layers of `conv1:4,gru:8/16` and what each sets."""
    for item in text.split(","):
        found = _LAYER_FACTOR.fullmatch(item)
        if not found:
            raise AccelError(
                f"command line: reuse '{item}': expected a layer and its factor, e.g. conv1:9, or gru:288/192 "
                "for a recurrent layer's input and recurrent product; one factor alone is for all layers"
            )
        name, kernel, recurrent = found.groups()
        yield name, {"reuse": int(kernel), **({"recurrent_reuse": int(recurrent)} if recurrent else {})}


@dataclass(frozen=True)
class ModelSource:
    """A model and where it comes from. `folder` (with model.py and design.yaml) is None for a model file alone.

    `name` names what is made of it: ASCII letters, digits and underscores, no digit first.
    """

    name: str
    path: Path
    folder: Path | None = None

    def design(self) -> Design:
        """The folder's `design.yaml`, or all defaults."""
        file = self.folder / "design.yaml" if self.folder else None
        return read_design(file) if file and file.exists() else Design()

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


def resolve(model: str) -> ModelSource:
    """The model that `model` names: a folder of `models/` or the path of a .keras, .h5 or .onnx file.

    Raises:
        AccelError: there is no such folder or file, or it is of another kind.
    """
    path = Path(model).expanduser()
    if path.suffix in SUFFIXES:
        if not path.is_file():
            raise AccelError(f"no model file {path}: expected an existing {', '.join(SUFFIXES)} file")
        return ModelSource(identifier(path.stem), path.resolve())
    folder = model_folder(model)
    if not (folder / "model.keras").is_file():
        raise AccelError(f"model '{model}' is not trained: no {folder / 'model.keras'}; run: accel train {model}")
    return ModelSource(identifier(model), folder / "model.keras", folder)


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
            f"{given}: expected a folder of {models_root()} or a {', '.join(SUFFIXES)} file; " + near(model, known)
        )
    return folder


def read_design(path: Path) -> Design:
    """Read a `design.yaml`.

    Raises:
        AccelError: it is not YAML, or a key or value is not as expected.
    """
    design = parse_design(design_file.read(path), str(path))
    return design.model_copy(update={"data": str(path.parent / _file(design.data))}) if design.data else design


def _file(text: str) -> Path:
    return Path(text).expanduser()


def parse_design(data: dict[str, Any], origin: str) -> Design:
    """`data` as a Design; an AccelError names `origin`, the key, what came and what is expected."""
    try:
        return Design.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise AccelError(f"{origin}: {_told(first)}") from None
    except AccelError as error:
        raise AccelError(f"{origin}: {error}") from None


def near(name: str, known: Iterable[str]) -> str:
    """The end of an error message: the known names closest to `name`, or all of them."""
    known = list(known)
    close = difflib.get_close_matches(name, known, n=4, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else f"known: {', '.join(known) or 'none'}"


def _told(error: Any) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        fields = LayerDesign.model_fields if error["loc"][0] == "layers" else Design.model_fields
        return f"unknown key '{key}'; {near(str(error['loc'][-1]), fields)}"
    quoted = " in quotes" if error["type"] == "int_type" and str(error["input"]).isdecimal() else ""
    return f"{key}: expected {error['msg'].removeprefix('Input should be ')}, got '{error['input']}'{quoted}"
