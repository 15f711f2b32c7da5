"""What a report's pictures are drawn of: plain frozen values, as small as the pictures need them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edge:
    """A stream from the layer ``source`` to the layer ``target``, or from and to outside: ``lanes`` numbers of ``type``
    a beat, ``beats`` a frame.
    """

    source: str
    target: str
    lanes: int
    type: str
    beats: int
    bits: int


@dataclass(frozen=True)
class Activity:
    """What a layer did in each of equally long stretches of a frame, a digit each: ninths of the stretch in which it
    was ``busy``, and in which it was ``full``: its output waited for the next layer. Else it waited for its input.
    """

    name: str
    busy: str
    full: str


@dataclass(frozen=True)
class Timeline:
    """A frame alone in the hardware: so many ``cycles``, and what each layer did in them."""

    cycles: int
    rows: tuple[Activity, ...]


@dataclass(frozen=True)
class TensorRow:
    """A tensor of floating point beside its type: ``name`` and what it is of it (`result`, `weight`, ...).

    ``magnitudes``: least, 5 %, median, 95 % and greatest of those that are not zero. Of ``values`` numbers,
    ``beyond`` lie outside the type's range and ``lost`` are not zero and become it.
    """

    name: str
    kind: str
    type: str
    step: float
    greatest: float
    magnitudes: tuple[float, float, float, float, float]
    values: int
    beyond: int
    lost: int


@dataclass(frozen=True)
class LayerError:
    """How far a layer's outputs are from floating point, in LSBs of its type."""

    name: str
    largest: float
    mean: float


@dataclass(frozen=True)
class Differing:
    """A frame that the integer model decides otherwise than floating point, or the decision of that ``number`` in it;
    ``truth`` is empty where not known.
    """

    frame: int
    truth: str
    floating: str
    integers: str
    number: int | None = None


@dataclass(frozen=True)
class Confusion:
    """How many frames, or decisions in them, of each class (row) were decided as each class (column), by floating point
    and by the integer model.

    Where no class is known, ``floating`` is empty and the rows of ``integers`` are what floating point decides.
    """

    names: tuple[str, ...]
    floating: tuple[tuple[int, ...], ...]
    integers: tuple[tuple[int, ...], ...]
    differing: tuple[Differing, ...]

    @property
    def frames(self) -> int:
        """All that were decided."""
        return sum(map(sum, self.integers))


@dataclass(frozen=True)
class Example:
    """An input as a picture (PNG, base64), and what is said of it."""

    words: str
    png: str


@dataclass(frozen=True)
class Evidence:
    """What was measured beyond the report's figures. ``frames``: those that tensors and errors are of."""

    frames: int
    tensors: tuple[TensorRow, ...] = ()
    errors: tuple[LayerError, ...] = ()
    confusion: Confusion | None = None
    examples: tuple[Example, ...] = ()
