"""Dense and convolution: a window where needed, then the matrix-vector unit, which may cast its results once more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from accel.fixed import Fixed, Overflow, Rounding, requantise
from accel.ir import bounds
from accel.ir.graph import Affine, Cast, Conv, Dense, Node, Window
from accel.reuse import check_factor, computed, sharing
from accel.rtl.layers.base import (
    LUT_WORDS,
    Instance,
    Stream,
    buffers,
    instances,
    literal,
    require_wrapping,
    type_of,
    type_parameters,
    with_lanes,
)
from accel.rtl.layers.weights import pair_of, stored, weighting
from accel.rtl.layers.windows import window_instance, within_frame
from accel.rtl.timing import Unit, sequencer

FAR = 48
"""Multipliers of an ``acc_mvau`` that lie near enough to its operands for one register before each."""


def tree_levels(terms: int) -> int:
    """Levels of a tree of three-input adders: ceil(log3(terms)) (``acc_pkg``)."""
    levels = 0
    while terms > 1:
        terms, levels = -(-terms // 3), levels + 1
    return levels


def output_groups(reuse: int, lanes: int) -> int:
    """Groups of outputs that ``acc_mvau`` computes one after another from beats of ``lanes`` elements."""
    return sharing(reuse, lanes)[1]


def mvau(
    node: Node, affine: Affine, source: Stream, reuse: int, output: Stream, name: str, blocks: tuple[int, int] = (1, 1)
) -> Instance:
    """``acc_mvau`` for one product per ``affine.n_in`` elements of ``source``, or of each block of channels: how many
    ``blocks`` there are, of how many channels. The outputs are one beat of ``output``, or a beat of each group's.

    Raises:
        AccelError: an illegal reuse factor, or an accumulator that does not wrap.
    """
    lanes = source.lanes // blocks[0]  # for one output
    beats = affine.n_in // lanes
    require_wrapping(node, "accumulator", affine.accum)
    check_factor(f"layer '{node.name}': reuse factor", reuse, lanes, affine.n_out)
    fold, groups = sharing(reuse, lanes)
    parts = affine.n_out // output.lanes
    simd, parallel = lanes // fold, affine.n_out // groups
    constant = reuse * beats == 1
    words = _words(affine, beats, (fold, simd), (groups, parallel))
    pair = pair_of(affine, parallel, len(words), blocks[0])
    memory = stored(affine, pair, words)
    start, cast = _rounded_ahead(affine, source.type, output.type)
    weight_file = f"{name}.mem"
    parameters = {
        "Lanes": str(source.lanes),
        "Outputs": str(affine.n_out),
        "Parts": str(parts),
        "Beats": str(beats),
        "Blocks": str(blocks[0]),
        "Together": str(blocks[1]),
        "Reuse": str(reuse),
        **_types(source, affine, cast, output.type),
        "Early": str(int(constant and not wiring(affine.accum, cast) and _truncates(affine.accum, cast))),
        **weighting(affine, pair),
        "Bias": literal(start, affine.accum.width),
        **(
            {"ConstWeights": literal(memory.words[0], memory.width)} if constant else {"WeightFile": f'"{weight_file}"'}
        ),
        **({"WeightRam": "1"} if memory.in_blocks and len(words) <= LUT_WORDS else {}),
    }
    memories = {} if constant else {weight_file: memory}
    return Instance(
        "acc_mvau",
        name,
        parameters,
        output,
        _timing(parameters),
        memories,
        multipliers=simd * parallel,
        memory_shapes=tuple(memory.shape for memory in memories.values()),
    )


def with_cast(made: Instance, cast: Cast) -> Instance | None:
    """``made``, an ``acc_mvau``, with a cast or ReLU of its results in it; None where both this and the cast of its
    sums are more than wiring: they stay in modules of their own, a register between them.
    """
    after = cast.output.type
    parameters = made.parameters | {"Relu": str(int(cast.relu))} | type_parameters("Out", after, modes=True)
    if not any(casts_wired(parameters)):
        return None
    return replace(made, parameters=parameters, output=replace(made.output, type=after), timing=_timing(parameters))


def casts_wired(own: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether the cast of an ``acc_mvau``'s sums, and that of its results, are only wiring."""
    before = type_of(own, "Pre")
    after = rectified(before) if own["Relu"] == "1" else before
    return wiring(type_of(own, "Acc"), before), wiring(after, type_of(own, "Out"))


def wiring(given: Fixed, to: Fixed) -> bool:
    """Whether a cast only picks bits: it rounds nothing up, and drops what is above the destination or finds nothing
    there (``acc_pkg``).
    """
    spare = (to.integer - to.signed) - (given.integer - given.signed)
    fits = to.signed >= given.signed and spare >= (given.signed and to.overflow is Overflow.SAT_SYM)
    return _truncates(given, to) and (to.overflow is Overflow.WRAP or fits)


def rectified(given: Fixed) -> Fixed:
    """The type of what a ReLU leaves of numbers of a type."""
    return replace(given, width=given.width - given.signed, integer=given.integer - given.signed, signed=False)


def relayed(products: int, words: int, apart: int) -> bool:
    """Whether the operands of an ``acc_mvau`` pass one more register: it makes many ``products`` in a cycle, two in a
    multiplier with ``apart``, from several ``words`` of weights.
    """
    return words > 1 and products > FAR * (2 if apart else 1)


def _timing(own: Mapping[str, str]) -> Unit:
    """The control of an ``acc_mvau``, whose header says how long what takes."""
    reuse, beats, parts, outputs = (int(own[name]) for name in ("Reuse", "Beats", "Parts", "Outputs"))
    lanes = int(own["Lanes"]) // int(own["Blocks"])
    fold, groups = sharing(reuse, lanes)
    simd, constant = lanes // fold, reuse * beats == 1
    trees = 2 if own["Early"] == "1" else 1
    relay = relayed(simd * (outputs // groups), reuse * beats, int(own["Apart"]))
    stages = 1 + tree_levels(-(-simd // trees) + constant) + (0 if constant else 2 + relay)
    direct = groups == parts and all(casts_wired(own))
    return sequencer(reuse, beats, stages + (not direct), parts)


def _rounded_ahead(affine: Affine, given: Fixed, to: Fixed) -> tuple[np.ndarray, Fixed]:
    """What sums of products with a ``given`` type begin with, in the accumulator's type, and the type that they are
    cast to: that is ``to``, but where it rounds to nearest and no sum wraps, a half is in the beginning instead.
    """
    bias = requantise(affine.bias, affine.bias_type.fraction, affine.accum)
    drop = affine.accum.fraction - to.fraction
    if to.rounding is not Rounding.RND or not 0 < drop < affine.accum.width:
        return bias, to
    start = bias.astype(object) + (1 << (drop - 1))
    lowest, highest = bounds.sums(affine, given.lo, given.hi, given.fraction)
    if (bias + lowest).min() < affine.accum.lo or (start + highest).max() > affine.accum.hi:
        return bias, to
    return start, replace(to, rounding=Rounding.TRN)


def _truncates(given: Fixed, to: Fixed) -> bool:
    """Whether a cast rounds nothing up."""
    return to.fraction >= given.fraction or to.rounding is Rounding.TRN


def _types(source: Stream, affine: Affine, cast: Fixed, result: Fixed) -> dict[str, str]:
    return {
        "InWidth": str(source.type.width),
        "InSigned": str(int(source.type.signed)),
        "ProductFraction": str(source.type.fraction + affine.weight_type.fraction),
        "AccWidth": str(affine.accum.width),
        "AccFraction": str(affine.accum.fraction),
        "AccRounding": type_parameters("", affine.accum, modes=True)["Rounding"],
        **type_parameters("Pre", cast, modes=True),
        "Relu": "0",
        **type_parameters("Out", result, modes=True),
    }


def _words(affine: Affine, beats: int, inputs: tuple[int, int], outputs: tuple[int, int]) -> np.ndarray:
    """Weights in the order in which they are read: (beats * cycles, inputs, outputs). ``inputs`` and ``outputs``: parts
    that take turns, and their sizes.
    """
    ordered = affine.weights.reshape(beats, *inputs, *outputs).transpose(0, 3, 1, 2, 4)
    return ordered.reshape(-1, inputs[1], outputs[1])


@instances.register
def _(node: Dense, source: Stream) -> list[Instance]:
    made: list[Instance] = []
    if node.affine.n_in % source.lanes:
        made = with_lanes(node, source, node.affine.n_in)
        source = made[-1].output
    made += buffers(node.name, source, node.reuse)
    source = made[-1].output if made else source
    output = Stream(node.affine.n_out, node.output.type, node.input.size // node.affine.n_in)
    made.append(mvau(node, node.affine, source, node.reuse, output, node.name))
    return made


@instances.register
def _(node: Conv, source: Stream) -> list[Instance]:
    made = with_lanes(node, source, node.input.channels)
    source = made[-1].output if made else source
    made += buffers(node.name, source, node.reuse)
    window = within_frame(node.window)
    affine, taps = _cut(node, window)
    made.append(window_instance(node, window, made[-1].output if made else source, taps=taps))
    output = Stream(affine.n_out, node.output.type, node.output.positions, made[-1].output.burst)
    blocks = node.groups, node.together
    made.append(mvau(node, affine, made[-1].output, node.reuse, output, node.name, blocks))
    return made


def _cut(node: Conv, window: Window) -> tuple[Affine, np.ndarray]:
    """The weights of the taps that have to be multiplied, and which of ``window`` these are; it may lack the kernel's
    last rows and columns.
    """
    affine, (rows, columns) = node.affine, window.kernel
    kernel = affine.weights.reshape(*node.window.kernel, -1, affine.n_out)[:rows, :columns]
    kernel = kernel.reshape(window.taps, -1, affine.n_out)
    _, taps = computed(kernel, node.reuse, grouped=True)
    return replace(affine, weights=kernel[taps].reshape(-1, affine.n_out)), taps


def multiplied(node: Conv) -> int:
    """Inputs of an output that are multiplied at once: the taps that are not zero."""
    window = within_frame(node.window)
    affine, _ = _cut(replace(node, reuse=1), window)
    return affine.n_in
