"""A TFLite file as its tensors and operators: plain data of one network."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from accel.data import unpacked
from accel.errors import AccelError, in_line

if TYPE_CHECKING:
    import tensorflow as tf

DTYPES = {
    "FLOAT32": np.float32,
    "FLOAT16": np.float16,
    "INT8": np.int8,
    "UINT8": np.uint8,
    "INT16": np.int16,
    "INT32": np.int32,
    "INT64": np.int64,
}
"""By TFLite's names; a tensor of another type is read as one without a type."""

FIRST_ALONE = ("RESHAPE", "SQUEEZE", "EXPAND_DIMS")
"""Operators whose result is what the first tensor holds, in the shape that the file gives the result."""


@dataclass(frozen=True, eq=False)
class Tensor:
    """A tensor of the file for a batch of one: of integers that stand for ``scale * (q - zero)`` where ``scale`` is not
    empty, one for each index of ``axis`` or one for all; `constant` has the real numbers, float64, or plain integers.
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype | None
    scale: np.ndarray
    zero: np.ndarray
    constant: np.ndarray | None

    @property
    def quantised(self) -> bool:
        """Whether it holds integers for real numbers."""
        return self.scale.size > 0

    @property
    def step(self) -> float:
        """What one more of the integer means, for a tensor of one scale."""
        return float(self.scale[0])

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and greatest real number that a quantised tensor of one scale holds."""
        limits = np.iinfo(self.dtype)
        low, high = (self.step * (limit - int(self.zero[0])) for limit in (limits.min, limits.max))
        return low, high

    def real(self, array: np.ndarray) -> np.ndarray:
        """What an array of the tensor's own type stands for."""
        return self.step * (array.astype(np.float64) - self.zero[0]) if self.quantised else array

    def stored(self, x: np.ndarray) -> np.ndarray:
        """Real numbers in the tensor's own type: the nearest that it holds."""
        if not self.quantised:
            return x.astype(self.dtype)
        limits = np.iinfo(self.dtype)
        return np.clip(np.round(x / self.step) + self.zero[0], limits.min, limits.max).astype(self.dtype)


@dataclass(frozen=True, eq=False)
class Operator:
    """An operator by TFLite's name; tensors by their numbers, -1 where an optional one is left out."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any

    def setting(self, name: str, default: Any = None) -> Any:
        """What the schema calls `name`; ``default`` where the file has no settings for the operator."""
        return default if self.options is None else getattr(self.options, name)()


@dataclass(frozen=True, eq=False)
class Network:
    """What the file holds: all tensors, and the operators in their order."""

    content: bytes
    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]

    @cached_property
    def needed(self) -> tuple[Operator, ...]:
        """What the outputs need."""
        wanted, kept = set(self.outputs), []
        for operator in reversed(self.operators):
            if wanted & set(operator.outputs):
                kept.append(operator)
                wanted |= set(operator.inputs[:1] if operator.kind in FIRST_ALONE else operator.inputs)
        return tuple(reversed(kept))

    @property
    def computed(self) -> list[Tensor]:
        """The tensors that operators put out."""
        return [self.tensors[number] for operator in self.needed for number in operator.outputs]

    @property
    def used(self) -> list[Tensor]:
        """The constants that operators read."""
        read = dict.fromkeys(number for operator in self.needed for number in operator.inputs if number >= 0)
        return [self.tensors[number] for number in read if self.tensors[number].constant is not None]


def load(path: Path) -> Network:
    """The network in a file, which TFLite's own verifier has gone through before anything in it is followed.

    Raises:
        AccelError: it is damaged, too large, of sizes left open, or has an input that is not read.
    """
    from tensorflow.lite.python import schema_py_generated as schema

    content = path.read_bytes()
    with _told(path):
        interpreter(content)
        model = schema.Model.GetRootAs(content, 0)
        graph = model.Subgraphs(0)
        tensors = _tensors(path, model, graph)
        codes = [_code(schema, model.OperatorCodes(i)) for i in range(model.OperatorCodesLength())]
        operators = [_operator(schema, codes, graph.Operators(i)) for i in range(graph.OperatorsLength())]
        inputs, outputs = (tuple(map(int, _array(graph, name, np.int32))) for name in ("Inputs", "Outputs"))
    network = Network(content, tensors, tuple(operators), inputs, outputs)
    for number in inputs:
        _check_input(path, graph.Tensors(number), tensors[number])
    read = {number for operator in network.needed for number in operator.inputs}
    if unread := [tensors[number].name for number in inputs if number not in {*read, *outputs}]:
        raise AccelError(f"{path}: input '{unread[0]}' has no part in the outputs; expected a file without it")
    if not inputs or not outputs:
        raise AccelError(f"{path}: {len(inputs)} inputs and {len(outputs)} outputs; expected at least one of each")
    return network


def interpreter(content: bytes, keeping: bool = False) -> tf.lite.Interpreter:
    """TFLite's own runtime, without what would make other kernels of it; `keeping` all tensors.

    Raises:
        ValueError: the verifier refuses the file.
    """
    import tensorflow as tf

    kernels = tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it has moved to another package
        return tf.lite.Interpreter(
            model_content=content,
            num_threads=1,
            experimental_op_resolver_type=kernels,
            experimental_preserve_all_tensors=keeping,
        )


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What TFLite and the schema's classes raise, as an AccelError."""
    try:
        yield
    except AccelError:
        raise
    except Exception as error:
        told = in_line(error)
        raise AccelError(f"{path}: expected a TFLite model, could not load it: {told}") from error


def _check_input(path: Path, stored: Any, tensor: Tensor) -> None:
    """One frame at a time, all other sizes fixed, and numbers that have a meaning."""
    sizes = stored.ShapeSignatureAsNumpy() if stored.ShapeSignatureLength() else np.array(tensor.shape)
    told = ", ".join("any" if size < 0 else str(size) for size in sizes)
    if len(sizes) < 2 or sizes[0] not in (-1, 1) or np.any(sizes[1:] < 1):
        raise AccelError(
            f"{path}: input '{tensor.name}' is ({told}); expected a batch axis, of 1 or open, and others that are fixed"
        )
    if not tensor.quantised and tensor.dtype != np.float32:
        came = tensor.dtype or "another type"
        raise AccelError(f"{path}: input '{tensor.name}' is of {came}; expected float32 or a quantised type")


def _tensors(path: Path, model: Any, graph: Any) -> tuple[Tensor, ...]:
    stored = [graph.Tensors(i) for i in range(graph.TensorsLength())]
    shapes = [tuple(int(size) for size in _array(tensor, "Shape", np.int32)) for tensor in stored]
    unpacked.check_bytes(path, 4 * sum(math.prod(max(1, size) for size in shape) for shape in shapes))
    return tuple(_tensor(model, tensor, shape) for tensor, shape in zip(stored, shapes, strict=True))


def _tensor(model: Any, stored: Any, shape: tuple[int, ...]) -> Tensor:
    from tensorflow.lite.python import schema_py_generated as schema

    name = (stored.Name() or b"").decode(errors="replace")
    kind = next(key for key, value in vars(schema.TensorType).items() if value == stored.Type() and key.isupper())
    dtype = np.dtype(DTYPES[kind]) if kind in DTYPES else None
    given = stored.Quantization()
    scale, zero = (
        (np.zeros(0), np.zeros(0, np.int64))
        if given is None
        else (_array(given, "Scale", np.float64), _array(given, "ZeroPoint", np.int64))
    )
    zero = zero if zero.size == scale.size else np.zeros(scale.size, np.int64)
    tensor = Tensor(name, shape, dtype, scale, zero, None)
    buffer = model.Buffers(stored.Buffer())
    if not buffer.DataLength() or dtype is None:
        return tensor
    if stored.Sparsity() is not None:
        raise ValueError(f"tensor '{name}' is sparse; expected it stored in full")
    array = buffer.DataAsNumpy().view(dtype.newbyteorder("<")).reshape(shape)
    if scale.size:
        along = [-1 if place == given.QuantizedDimension() else 1 for place in range(len(shape))]
        spread = along if scale.size > 1 else [1] * len(shape)
        array = scale.reshape(spread) * (array.astype(np.float64) - zero.reshape(spread))
    return Tensor(name, shape, dtype, scale, zero, array)


def _array(stored: Any, name: str, dtype: type) -> np.ndarray:
    """A vector of the schema; empty where the file has none."""
    length = getattr(stored, f"{name}Length")()
    return np.asarray(getattr(stored, f"{name}AsNumpy")(), dtype) if length else np.zeros(0, dtype)


def _code(schema: Any, code: Any) -> str:
    """TFLite's name of a kind of operators; a custom one's own."""
    number = max(code.BuiltinCode(), code.DeprecatedBuiltinCode())
    name = next(key for key, value in vars(schema.BuiltinOperator).items() if value == number and key.isupper())
    return f"CUSTOM {(code.CustomCode() or b'').decode(errors='replace')}" if name == "CUSTOM" else name


def _operator(schema: Any, codes: list[str], stored: Any) -> Operator:
    kinds = {value: key for key, value in vars(schema.BuiltinOptions).items() if isinstance(value, int)}
    table, options = stored.BuiltinOptions(), None
    if table is not None and stored.BuiltinOptionsType():
        options = getattr(schema, kinds[stored.BuiltinOptionsType()])()
        options.Init(table.Bytes, table.Pos)
    inputs, outputs = (tuple(int(i) for i in _array(stored, name, np.int32)) for name in ("Inputs", "Outputs"))
    return Operator(codes[stored.OpcodeIndex()], inputs, outputs, options)
