"""A design's settings: `design.yaml`, and what the command line changes in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from accel import design_file, policy
from accel.errors import AccelError, near, told
from accel.fixed import Fixed
from accel.policy import Auto

PRECISIONS = (
    *("result", "weight", "bias", "recurrent_weight", "recurrent_bias", "accum", "table", "scale"),
    *("exp_table", "inv_table", "inp_norm", "inv_inp"),
)
"""What of a layer has a type of its own, by hls4ml's names; the second line is softmax's."""

AUTO = "auto"
PACE = ("reuse", "ii", "fps")
"""Settings of which each chooses reuse factors, and replaces what chose them before."""

WHOLE = ("reuse", "ii", "steps")
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
            policy.parse(text)
        return value


class Design(_Strict):
    """One design.

    `reuse` None, in a file `auto`, has the factors chosen: those with which the design gives a frame every `ii` cycles
    or `fps` frames a second, else as fast as the part allows.
    `precision` is `auto<W>` (W bits, the rest from measured ranges; `auto` is 16) or one fixed type; those of a layer's
    own tensors go before it (`accel.policy`). `data` is a file
    of examples (`accel.data.user`), in a `design.yaml` one beside that. `steps` is how long the inputs are of a network
    that leaves it open.
    """

    part: str = "xc7z020clg400-1"
    clock_ns: float = Field(10.0, gt=0, allow_inf_nan=False)
    io: Literal["io_stream", "io_parallel"] = "io_stream"
    strategy: Literal["Latency", "Resource"] = "Latency"
    reuse: Factor | None = 1
    ii: Factor | None = None
    fps: float | None = Field(None, gt=0, allow_inf_nan=False)
    precision: str = "auto"
    data: str | None = None
    steps: Factor | None = None
    layers: dict[str, LayerDesign] = {}

    @field_validator("reuse", mode="before")
    @classmethod
    def _chosen(cls, value: Any) -> Any:
        return None if value == AUTO else value

    @field_validator("data")
    @classmethod
    def _at_home(cls, value: str | None) -> str | None:
        return value and str(Path(value).expanduser())

    @model_validator(mode="after")
    def _paced(self) -> Self:
        asked = [name for name in ("ii", "fps") if getattr(self, name) is not None]
        if len(asked) > 1:
            raise AccelError("ii and fps: both given, expected one of them")
        if asked and self.reuse is not None:
            raise AccelError(f"{asked[0]}: given beside reuse {self.reuse}; expected reuse: auto")
        return self

    @field_validator("precision")
    @classmethod
    def _policy(cls, value: str) -> str:
        policy.parse(value)
        return value

    @field_validator("layers")
    @classmethod
    def _kinds(cls, value: dict[str, LayerDesign]) -> dict[str, LayerDesign]:
        for name, layer in value.items():
            for kind in layer.precision:
                if kind not in PRECISIONS:
                    raise AccelError(f"layers.{name}.precision: unknown '{kind}'; {near(kind, PRECISIONS)}")
        return value

    def types_of(self, name: str) -> dict[str, Auto | Fixed]:
        """What is asked for layer `name`'s tensors, by kind, and under `default` for those not among them."""
        own = self.layer(name).precision
        return {kind: policy.parse(text) for kind, text in ({"default": self.precision} | own).items()}

    def layer(self, name: str) -> LayerDesign:
        """The settings of layer `name`, all at their defaults where the design does not mention it."""
        return self.layers.get(name, LayerDesign())

    @property
    def interval(self) -> int | None:
        """The initiation interval in cycles that is asked for, by itself or as frames per second."""
        return self.ii if self.fps is None else max(1, int(1e9 / (self.clock_ns * self.fps)))

    def reuse_of(self, name: str) -> int:
        """The reuse factor asked for layer `name`; 1 where it is still to be chosen."""
        return self.layer(name).reuse or self.reuse or 1

    def folded(self, factors: Mapping[str, tuple[int, int | None]]) -> Design:
        """This design with reuse factors (input product, recurrent product) chosen for layers by name."""
        chosen = {
            name: self.layer(name).model_copy(update={"reuse": reuse, "recurrent_reuse": recurrent})
            for name, (reuse, recurrent) in factors.items()
        }
        return self.model_copy(update={"layers": self.layers | chosen})

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
        if any(key in values and ":" not in values[key] for key in PACE):
            data |= {"reuse": AUTO, "ii": None, "fps": None}
            layers = data["layers"] = _without(layers, "reuse", "recurrent_reuse")
        for key, value in values.items():
            if key == "reuse" and ":" in value:
                for name, factors in _layer_factors(value):
                    layers.setdefault(name, {}).update(factors)
                continue
            data[key] = int(value) if key in WHOLE and _WHOLE.fullmatch(value) else value
            if key in LayerDesign.model_fields and key != "reuse":
                layers = data["layers"] = _without(layers, key)
        return parse_design(data, "command line")


def _without(layers: dict[str, dict[str, Any]], *keys: str) -> dict[str, dict[str, Any]]:
    return {name: {key: value for key, value in own.items() if key not in keys} for name, own in layers.items()}


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


def read_design(path: Path) -> Design:
    """Read a `design.yaml`.

    Raises:
        AccelError: it is not YAML, or a key or value is not as expected.
    """
    design = parse_design(design_file.read(path), str(path))
    return design.model_copy(update={"data": str(path.parent / design.data)}) if design.data else design


def written(design: Design, comment: str) -> str:
    """The text of a `design.yaml` that reads as this design, below a line of comment."""
    data = design.model_dump(exclude_unset=True)
    data = {key: value for key, value in data.items() if value is not None or key == "reuse"}
    if data.get("reuse", 1) is None:
        data["reuse"] = AUTO
    if design.data:
        data["data"] = str(Path(design.data).resolve())
    return f"# {comment}\n" + yaml.safe_dump(data, sort_keys=False, width=120)


def parse_design(data: dict[str, Any], origin: str) -> Design:
    """`data` as a Design; an AccelError names `origin`, the key, what came and what is expected."""
    try:
        return Design.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        known = LayerDesign.model_fields if first["loc"][:1] == ("layers",) else Design.model_fields
        raise AccelError(f"{origin}: {told(first, known)}") from None
    except AccelError as error:
        raise AccelError(f"{origin}: {error}") from None
