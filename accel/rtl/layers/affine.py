"""Dense and convolution: a window where needed, then the matrix-vector unit."""

from __future__ import annotations

from dataclasses import replace

from accel.errors import AccelError
from accel.fixed import requantise
from accel.ir.graph import Affine, Conv, Dense, Node, Window
from accel.reuse import check_factor
from accel.rtl.layers.base import (
    Instance,
    Memory,
    Stream,
    buffer,
    burst,
    instances,
    literal,
    require_wrapping,
    type_parameters,
    with_lanes,
)
from accel.rtl.timing import sequencer, windower


def tree_levels(terms: int) -> int:
    """Levels of a tree of three-input adders: ceil(log3(terms)) (``acc_pkg``)."""
    levels = 0
    while terms > 1:
        terms, levels = -(-terms // 3), levels + 1
    return levels


def mvau(node: Node, affine: Affine, source: Stream, reuse: int, output: Stream, name: str) -> Instance:
    """``acc_mvau`` for one product per ``affine.n_in`` elements of ``source``.

    Raises:
        AccelError: an illegal reuse factor, or an accumulator that does not wrap.
    """
    lanes, beats = source.lanes, affine.n_in // source.lanes
    require_wrapping(node, "accumulator", affine.accum)
    check_factor(f"layer '{node.name}': reuse factor", reuse, lanes, affine.n_out)
    fold, groups = min(reuse, lanes), max(1, reuse // lanes)
    simd, parallel = lanes // fold, affine.n_out // groups
    constant = reuse * beats == 1
    words = (
        affine.weights.reshape(beats, fold, simd, groups, parallel).transpose(0, 3, 1, 2, 4).reshape(beats * reuse, -1)
    )
    bias = requantise(affine.bias, affine.bias_type.fraction, affine.accum)
    weight_file = f"{name}.mem"
    parameters = {
        "Lanes": str(lanes),
        "Outputs": str(affine.n_out),
        "Beats": str(beats),
        "Reuse": str(reuse),
        "InWidth": str(source.type.width),
        "InSigned": str(int(source.type.signed)),
        "WeightWidth": str(affine.weight_type.width),
        "WeightSigned": str(int(affine.weight_type.signed)),
        "ProductFraction": str(source.type.fraction + affine.weight_type.fraction),
        "AccWidth": str(affine.accum.width),
        "AccFraction": str(affine.accum.fraction),
        "AccRounding": type_parameters("", affine.accum, modes=True)["Rounding"],
        **type_parameters("Out", output.type, modes=True),
        "Bias": literal(bias, affine.accum.width),
        **(
            {"ConstWeights": literal(words[0], affine.weight_type.width)}
            if constant
            else {"WeightFile": f'"{weight_file}"'}
        ),
    }
    depth = (0 if constant else 1) + 1 + tree_levels(simd) + 2
    return Instance(
        "acc_mvau",
        name,
        parameters,
        output,
        sequencer(reuse, beats, depth),
        {} if constant else {weight_file: Memory(words, affine.weight_type.width)},
        multipliers=simd * parallel,
        memory_shapes=() if constant else ((beats * reuse, simd * parallel * affine.weight_type.width),),
    )


def window_instance(node: Node, window: Window, source: Stream) -> Instance:
    """``acc_window``: one beat per window position, all its taps side by side."""
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
    line_bits = (window.kernel[0] - 1) * source.bits
    return Instance(
        "acc_window",
        f"{node.name}_window",
        {name: str(value) for name, value in parameters.items()},
        Stream(source.lanes * window.taps, source.type, rows * columns, burst(window, source.burst)),
        windower(window),
        memory_shapes=((window.width, line_bits),) if line_bits else (),
    )


@instances.register
def _(node: Dense, source: Stream) -> list[Instance]:
    made: list[Instance] = []
    if node.affine.n_in % source.lanes:
        made = with_lanes(node, source, node.affine.n_in)
        source = made[-1].output
    made.append(buffer(node.name, source, node.reuse))
    output = Stream(node.affine.n_out, node.output.type, node.input.size // node.affine.n_in)
    made.append(mvau(node, node.affine, source, node.reuse, output, node.name))
    return made


@instances.register
def _(node: Conv, source: Stream) -> list[Instance]:
    made = with_lanes(node, source, node.input.channels)
    source = made[-1].output if made else source
    made.append(buffer(node.name, source, node.reuse))
    window, affine = within_frame(node)
    made.append(window_instance(node, window, made[-1].output))
    output = Stream(affine.n_out, node.output.type, node.output.positions, made[-1].output.burst)
    made.append(mvau(node, affine, made[-1].output, node.reuse, output, node.name))
    return made


def within_frame(node: Conv) -> tuple[Window, Affine]:
    """The window and its weights, for ``acc_window`` without the last rows and columns that meet zeros only.

    It is done where it must be: the first window of a small padded frame would end behind the frame's last pixel.
    """
    window, affine = node.window, node.affine
    if window.lag < window.height * window.width:
        return window, affine
    (rows, columns), (top, bottom, left, right) = window.kernel, window.pad
    kernel = min(rows, top + window.height), min(columns, left + window.width)
    pad = (top, bottom - (rows - kernel[0]), left, right - (columns - kernel[1]))
    weights = affine.weights.reshape(rows, columns, -1, affine.n_out)[: kernel[0], : kernel[1]]
    return replace(window, kernel=kernel, pad=pad), replace(affine, weights=weights.reshape(-1, affine.n_out))
