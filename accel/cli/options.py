"""The arguments and options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Model = Annotated[
    str, typer.Argument(metavar="MODEL", help="Folder of models/, or a .keras, .h5 or .onnx file.", show_default=False)
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
MinAgreement = Annotated[
    float, typer.Option(metavar="PERCENT", min=0, max=100, help="Frames that must be decided as in floating point.")
]
DESIGN_PANEL = "What is left out is as models/<name>/design.yaml says."
