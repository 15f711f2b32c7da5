"""The window that slides over a stream's pixels, before what computes something of its taps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from accel.errors import AccelError
from accel.ir.graph import Node, Window
from accel.rtl.layers.base import Instance, Stream, burst, literal
from accel.rtl.timing import windower


def window_instance(
    node: Node, window: Window, source: Stream, pad: int = 0, taps: np.ndarray | None = None
) -> Instance:
    """``acc_window``: one beat per window position, its taps side by side, all or these ``taps``. ``pad``: the raw
    integer outside the frame.
    """
    rows, columns = window.out_shape
    top, bottom, left, right = window.pad
    if top + bottom >= window.kernel[0] or left + right >= window.kernel[1]:
        raise AccelError(
            f"layer '{node.name}': padding {window.pad} for a {window.kernel} kernel; expected less than the kernel"
        )
    parameters = {
        "Height": window.height,
        "Width": window.width,
        "PixelWidth": source.bits,
        "KernelHeight": window.kernel[0],
        "KernelWidth": window.kernel[1],
        "StrideHeight": window.stride[0],
        "StrideWidth": window.stride[1],
        "PadTop": top,
        "PadLeft": left,
        "OutHeight": rows,
        "OutWidth": columns,
    }
    count = window.taps if taps is None else len(taps)
    if count < window.taps:
        parameters["Taps"] = count
        parameters["Kept"] = f"{window.taps}'h{sum(1 << int(tap) for tap in taps):x}"
    if pad:
        parameters["Pad"] = literal(np.full(source.lanes, pad), source.type.width)
    line_bits = (window.kernel[0] - 1) * source.bits
    return Instance(
        "acc_window",
        f"{node.name}_window",
        {name: str(value) for name, value in parameters.items()},
        Stream(source.lanes * count, source.type, rows * columns, burst(window, source.burst)),
        windower(window),
        memory_shapes=((window.width, line_bits),) if line_bits else (),
    )


def within_frame(window: Window) -> Window:
    """The window for ``acc_window`` without the last rows and columns that lie outside the frame in all positions.

    It is done where it must be: the first window of a small padded frame would end behind the frame's last pixel.
    """
    if window.lag < window.height * window.width:
        return window
    (rows, columns), (top, bottom, left, right) = window.kernel, window.pad
    kernel = min(rows, top + window.height), min(columns, left + window.width)
    return replace(window, kernel=kernel, pad=(top, bottom - (rows - kernel[0]), left, right - (columns - kernel[1])))
