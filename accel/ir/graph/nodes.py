"""The layers that read one tensor, as nodes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from accel.fixed import Fixed
from accel.ir.graph.core import Node


@dataclass(frozen=True)
class Pair:
    """How two products of one input share a multiplier: it multiplies ``upper * 2**apart + lower``.

    ``overlap``: bits of the lower product beyond ``apart``, at least its sign; so many of the upper one's are computed
    by themselves. ``width``: bits of each of the two weights, signed, of which the upper is one less where the lower is
    negative.
    """

    apart: int
    overlap: int
    width: int


@dataclass(frozen=True, eq=False)
class Affine:
    """``accum(bias) + sum(accum(x * w))``, every product and the bias cast to ``accum`` first, as hls4ml's dense
    kernels do.

    ``weights``: raw integers (n_in, n_out) of ``weight_type``; ``bias``: raw integers (n_out,) of ``bias_type``.
    Of hardware: ``pair`` where outputs share multipliers by twos; ``wide_words``: more words of weights than these are
    in block RAMs where the words are wide.
    """

    weights: np.ndarray
    weight_type: Fixed
    bias: np.ndarray
    bias_type: Fixed
    accum: Fixed
    pair: Pair | None = None
    wide_words: int = 64

    @property
    def n_in(self) -> int:
        return self.weights.shape[0]

    @property
    def n_out(self) -> int:
        return self.weights.shape[1]


@dataclass(frozen=True, eq=False)
class Table:
    """A function as hls4ml tabulates it: ``entries[clamp(trunc(x * scale) + offset)]``.

    ``entries``: raw integers of ``type``. ``scale`` is entries per unit of x (table_size / range), a power of two or
    not.
    """

    function: str
    entries: np.ndarray
    type: Fixed
    scale: float
    offset: int


@dataclass(frozen=True, eq=False)
class Dense(Node):
    """Matrix-vector product over the last axis."""

    affine: Affine
    reuse: int


@dataclass(frozen=True)
class Window:
    """Geometry of a sliding window over (height, width) positions; 1-D layers have height 1."""

    height: int  # of the input
    width: int
    kernel: tuple[int, int]  # rows, columns
    stride: tuple[int, int]
    pad: tuple[int, int, int, int]  # top, bottom, left, right; zeros

    @property
    def out_shape(self) -> tuple[int, int]:
        """Window positions (rows, columns)."""
        top, bottom, left, right = self.pad
        return (
            (self.height + top + bottom - self.kernel[0]) // self.stride[0] + 1,
            (self.width + left + right - self.kernel[1]) // self.stride[1] + 1,
        )

    @property
    def taps(self) -> int:
        return self.kernel[0] * self.kernel[1]

    @property
    def inside(self) -> np.ndarray:
        """How many taps of each window (rows, columns) are inside the frame."""
        sizes = (self.height, self.width), self.kernel, self.stride, self.pad[::2], self.out_shape
        rows, columns = (
            np.minimum(first + taps, size) - np.maximum(first, 0)
            for size, taps, step, before, count in zip(*sizes, strict=True)
            for first in [np.arange(count) * step - before]
        )
        return np.outer(rows, columns)

    @property
    def lag(self) -> int:
        """Pixels of the stream from the first one of a frame to the last one of its first window."""
        top, _, left, _ = self.pad
        return (self.kernel[0] - 1 - top) * self.width + self.kernel[1] - 1 - left


@dataclass(frozen=True, eq=False)
class Conv(Node):
    """1-D or 2-D convolution; ``affine.n_in`` runs over (kernel row, kernel column, channel), channel fastest.

    With ``groups``, input and output channels come in as many blocks, and an output reads the channels of its own block
    alone, of which ``affine.n_in`` counts the taps. As many as input channels: a depthwise convolution.
    """

    window: Window
    affine: Affine
    reuse: int
    groups: int = 1

    @property
    def together(self) -> int:
        """Input channels that an output reads."""
        return self.input.channels // self.groups

    @property
    def reads(self) -> np.ndarray:
        """Which element of the window (kernel row, kernel column, channel) each weight multiplies: (n_in, n_out)."""
        tap, channel = np.divmod(np.arange(self.affine.n_in), self.together)
        block = np.arange(self.affine.n_out) * self.groups // self.affine.n_out
        return ((tap * self.groups)[:, None] + block) * self.together + channel[:, None]


class PoolKind(str, Enum):
    """What a pooling layer keeps of its window."""

    MAX = "max"
    AVERAGE = "average"


@dataclass(frozen=True, eq=False)
class Pool(Node):
    """Max or average over a window; each element is cast to ``accum`` first. What lies outside does not count."""

    kind: PoolKind
    window: Window
    accum: Fixed


@dataclass(frozen=True, eq=False)
class Cast(Node):
    """Requantise each element; with ``relu``, negative ones become zero first. The output may have another shape."""

    relu: bool


@dataclass(frozen=True, eq=False)
class Lookup(Node):
    """An elementwise function read from a table (sigmoid, tanh, ...)."""

    table: Table


@dataclass(frozen=True, eq=False)
class Scale(Node):
    """``x * scale + bias`` per channel, cast once to the output type (a BatchNormalization that was not folded)."""

    scale: np.ndarray  # raw (channels,)
    scale_type: Fixed
    bias: np.ndarray  # raw (channels,)
    bias_type: Fixed


@dataclass(frozen=True, eq=False)
class Softmax(Node):
    """hls4ml's 'stable' softmax over the last axis (``nnet_activation_stream.h``: softmax_stable), or its 'latency'
    one, which takes the exponentials of x as it is.

    ``difference`` is hls4ml's inp_norm_t (x_max - x), or the input's type, ``accum`` accum_t, ``sum`` inv_inp_t. Both
    tables are addressed by the top bits of their input's raw integer.
    """

    difference: Fixed
    exp: np.ndarray  # raw entries of exp_type
    exp_type: Fixed
    accum: Fixed
    sum: Fixed
    inverse: np.ndarray  # raw entries of inverse_type
    inverse_type: Fixed
    stable: bool = True


@dataclass(frozen=True, eq=False)
class Recurrent(Node):
    """What GRU and LSTM share. ``input`` is (steps, features).

    ``kernel`` multiplies x, ``recurrent`` multiplies h; both give the gates side by side in Keras order (GRU: z r h,
    LSTM: i f c o). ``reuse`` is that of ``kernel`` per time step, ``recurrent_reuse`` that of ``recurrent``.
    The state h has the output's type. ``return_sequences``: one output position per step, else only the last.
    """

    kernel: Affine
    recurrent: Affine
    gate: Table | None  # recurrent activation, mostly sigmoid; None is relu
    activation: Table | None  # mostly tanh
    reuse: int
    recurrent_reuse: int
    return_sequences: bool

    @property
    def units(self) -> int:
        return self.output.channels

    @property
    def steps(self) -> int:
        return self.input.positions


@dataclass(frozen=True, eq=False)
class Gru(Recurrent):
    """hls4ml's gru_static (``nnet_recurrent.h``), reset_after=True.

    ``cut``: the hardware multiplies a sum of the h gate by its gate in two parts.
    """

    cut: bool = False


@dataclass(frozen=True, eq=False)
class Lstm(Recurrent):
    """hls4ml's lstm_static (``nnet_recurrent.h``); the cell state has the output's type, too."""


@dataclass(frozen=True, eq=False)
class Reverse(Node):
    """The positions of the first axis (time steps) in reverse order."""


@dataclass(frozen=True, eq=False)
class Permute(Node):
    """Axes in another order, as ``np.transpose`` has it: axis k of the output is the input's ``axes[k]`` (counted
    without the batch axis).
    """

    axes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Pad(Node):
    """Zeros around the positions: ``sides`` above, below, left, right; of a sequence, before and behind as left and
    right.
    """

    sides: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Crop(Node):
    """The positions without those of ``sides``: above, below, left, right."""

    sides: tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Repeat(Node):
    """Every row and every column (of a sequence, every step) several ``times``: nearest upsampling."""

    times: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Reshape(Node):
    """Another shape over the same stream of elements (Flatten, Reshape, Repack)."""
