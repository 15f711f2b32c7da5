"""The arguments and options that several commands share."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Annotated, Any

import typer

from accel import formats
from accel.flow.request import Request

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help=f"Folder of models/, or a {formats.LISTED} file.", show_default=False)
]
Part = Annotated[str | None, typer.Option(metavar="PART", help="FPGA part or board, e.g. xc7z020clg400-1, pynq-z2.")]
ClockNs = Annotated[str | None, typer.Option(metavar="NS", help="Clock period in nanoseconds.")]
Precision = Annotated[
    str | None,
    typer.Option(metavar="TYPE", help="auto, auto<bits> (ranges measured, per layer) or one type, e.g. fixed<16,6>."),
]
Reuse = Annotated[
    str | None,
    typer.Option(metavar="N", help="Products per multiplier, for all layers, or for some: conv1:4,gru:8; or auto."),
]
Strategy = Annotated[str | None, typer.Option(metavar="NAME", help="hls4ml's strategy: Latency or Resource.")]
Io = Annotated[str | None, typer.Option(metavar="NAME", help="hls4ml's interface: io_stream or io_parallel.")]
Ii = Annotated[str | None, typer.Option("--ii", metavar="CYCLES", help="Initiation interval to choose factors for.")]
Fps = Annotated[str | None, typer.Option("--fps", metavar="N", help="Frames per second to choose factors for.")]
Steps = Annotated[str | None, typer.Option(metavar="N", help="Length of inputs, where the model leaves it open.")]
Data = Annotated[str | None, typer.Option(metavar="FILE", help="Your own examples: .npz (x, y), .npy or .csv.")]
DesignFile = Annotated[
    str | None, typer.Option("--design", metavar="FILE", help="A design's YAML file, or the name of one of a sweep.")
]
MinAgreement = Annotated[
    float, typer.Option(metavar="PERCENT", min=0, max=100, help="Frames that must agree with floating point.")
]
DESIGN_PANEL = "What is left out is as models/<name>/design.yaml says."

REQUEST = {
    "model": Model,
    "part": Part,
    "clock_ns": ClockNs,
    "precision": Precision,
    "reuse": Reuse,
    "strategy": Strategy,
    "io": Io,
    "ii": Ii,
    "fps": Fps,
    "steps": Steps,
    "data": Data,
    "design": DesignFile,
}
"""A model and the design that it is to get, by the names that `Request` has for them."""


def gathered(**groups: tuple[type, Mapping[str, Any]]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options in groups: each comes as one value of a dataclass, which has their defaults.

    Args:
        groups: by the name of the command's parameter, the dataclass and its options, type hints by name.
    """

    def given_to(command: Callable[..., None]) -> Callable[..., None]:
        def taking(**given: Any) -> None:
            values = {
                group: kind(**{name: given.pop(name) for name in options}) for group, (kind, options) in groups.items()
            }
            command(**values, **given)

        own = inspect.signature(command, eval_str=True).parameters
        parameters = [parameter for name, parameter in own.items() if name not in groups]
        for kind, options in groups.values():
            parameters += [_parameter(name, hint, kind) for name, hint in options.items()]
        parameters.sort(key=lambda parameter: parameter.name != "model")  # the first argument of every command
        taking.__signature__ = inspect.Signature([p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in parameters])
        taking.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        taking.__name__, taking.__doc__ = command.__name__, command.__doc__
        return taking

    return given_to


def _parameter(name: str, hint: Any, kind: type) -> inspect.Parameter:
    default = next(field.default for field in fields(kind) if field.name == name)
    default = "" if default is MISSING else default
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hint)


designing = gathered(request=(Request, REQUEST))
"""What the commands of one design have in common."""
