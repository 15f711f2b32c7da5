"""Networks of hls4ml's own tests that fork, join or hold others; `hls4ml_tables` has the chains."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from tests.conformance.hls4ml_tables import BOTH, Case, Spec, chain, chains, settings
from tests.conformance.networks import AGAIN, Layer, Network

if TYPE_CHECKING:
    import keras

Shapes = dict[str, tuple[int, ...]]


def cases() -> list[Case]:
    """All cases, the chains among them."""
    return [*chains(), *_graphs()]


def _graphs() -> Iterator[Case]:
    yield from _merges()
    yield from _manipulated()
    yield from _broadcast()
    yield from _cloned()
    yield from _repacked()
    yield from _several_outputs()
    yield from _moved()
    yield _nested("nested_model", 15, (5, 5, 3, 8, 7, 6, 4))
    yield _nested("sub_nested_model", 10, (10, 5, 5, 3, 8, 7, 6, 4, 6, 2, 9, 3, 2, 5, 7, 2, 4))


def graph(test: str, varied: str, inputs: Shapes, outputs: tuple[str, ...], *layers: Layer, **given: Any) -> Case:
    """A network of any layers."""
    return Case(test, varied, Network(1, inputs, layers, outputs, settings(**given)))


def layer(name: str, reads: str, spec: Spec) -> Layer:
    """A layer that reads the tensors of these names, with spaces between them."""
    return Layer(spec[0], name, tuple(reads.split()), spec[1])


def _merges() -> Iterator[Case]:
    shape = (10, 10, 3)
    for kind, reads in product(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"), ("a b", "b a")):
        own = {"Precision": {"result": "fixed<32,15>"}}
        inputs = {"a": shape, "b": shape}
        yield graph(
            "merge", f"{kind}-{reads}", inputs, ("y",), layer("y", reads, (kind, {})), precision="fixed<32,16>", b=own
        )
    for axis, one, two in (
        (1, (10,), (8,)),
        (1, (3, 10), (4, 10)),
        (2, (10, 3), (10, 4)),
        (1, (3, 10, 10), (4, 10, 10)),
        (2, (10, 3, 10), (10, 4, 10)),
        (3, (10, 10, 3), (10, 10, 4)),
    ):
        beside = layer("y", "a b", ("Concatenate", {"axis": axis}))
        yield graph("merge", f"concatenate-{one}-{two}", {"a": one, "b": two}, ("y",), beside, precision="fixed<32,16>")


def _manipulated() -> Iterator[Case]:
    """What hls4ml's tests make of a graph of two dense layers by inserting, removing and replacing nodes."""
    for varied, count in (
        ("nop", 2),
        ("insert_layer0_input", 3),
        ("insert_layer0", 3),
        ("insert_layer1", 3),
        ("remove_layer0", 1),
        ("remove_layer1", 1),
        ("replace_layer0", 2),
        ("replace_layer1", 2),
    ):
        specs = [("Dense", {"units": 1})] * count
        yield chain("graph", f"manipulation-{varied}", (1,), *specs, precision="fixed<32,16>")
    sums = (layer("c", "a b", ("Add", {})), layer("d", "b c", ("Add", {})), layer("y", "a d", ("Add", {})))
    for frames in (1, 100):
        yield graph("graph", f"branch-{frames}", {"a": (1,), "b": (1,)}, ("y",), *sums, precision="fixed<32,16>")
    pixel = ("Conv2D", {"filters": 6, "kernel_size": 1}), ("Reshape", {"target_shape": [3, 2]})
    yield chain("graph", "final_reshape", (1, 1, 1), *pixel)


def _broadcast() -> Iterator[Case]:
    pairs = (((2, 2, 3), (2, 2, 1)), ((3, 4, 2), (1, 1, 2)))
    for kind, pair, turned in product(("Concatenate", "Add"), pairs, (False, True)):
        if kind == "Concatenate" and pair is pairs[1]:
            continue
        one, two = pair[::-1] if turned else pair
        joined = layer("y", "a b", (kind, {}))
        given = {"precision": "fixed<32,16>"}
        yield graph("graph", f"broadcast_stream-{kind}-{one}-{two}", {"a": one, "b": two}, ("y",), joined, **given)


def _cloned() -> Iterator[Case]:
    """A tensor read by seven layers, and what they make by one less each time."""
    dense = ("Dense", {"units": 10})
    layers, row = [layer(name, "x", dense) for name in "abcdefg"], list("abcdefg")
    while len(row) > 1:
        first, *others = row
        row = [f"{first}_{other}" for other in others]
        layers += [layer(name, f"{first} {other}", ("Add", {})) for name, other in zip(row, others, strict=True)]
    yield graph("stream_clone", "multi", {"x": (10,)}, (row[0],), *layers, precision="fixed<24,3>", granularity="name")
    two = [layer("a", "x", dense), layer("b", "x", dense), layer("y", "a b", ("Add", {}))]
    given = {name: {"Precision": "fixed<32,5>"} for name in ("x", "a", "a_linear", "b", "b_linear", "y")}
    yield graph("stream_clone", "precision_inheritance", {"x": (10,)}, ("y",), *two, precision="fixed<1,0>", **given)


def _repacked() -> Iterator[Case]:
    specs = (
        ("Reshape", {"target_shape": [3, 3], "name": "reshape"}),
        ("Conv1D", {"filters": 2, "kernel_size": 2, "name": "conv"}),
    )
    own = {name: {"Precision": "fixed<20,10>"} for name in ("x", "reshape", "conv")}
    yield chain("repack_stream", "precision", (3, 3), *specs, precision="fixed<2,1>", **own)
    square = ("Reshape", {"target_shape": [2, 2]})
    for strategy in BOTH:
        layers = [layer("c", "a", square), layer("d", "b", square), layer("y", "c d", ("Concatenate", {}))]
        given = {"precision": "ufixed<8,8>", "strategy": strategy}
        yield graph("repack_stream", strategy, {"a": (4,), "b": (4,)}, ("y",), *layers, **given)


def _several_outputs() -> Iterator[Case]:
    dense = ("Dense", {"units": 10})
    two = layer("dense1", "x", dense), layer("dense2", "x", dense)
    yield graph("multiout_network", "two", {"x": (10,)}, ("dense1", "dense2"), *two, precision="fixed<32,5>")
    corners = (
        layer("conv", "a", ("Conv1D", {"filters": 1, "kernel_size": 3})),
        layer("flat", "conv", ("Flatten", {})),
        layer("dense", "flat", ("Dense", {"units": 16, "activation": "relu"})),
        layer("sum", "dense b", ("Add", {})),
        layer("y1", "flat", ("Dense", {"units": 2})),
        layer("y2", "sum", ("Dense", {"units": 2})),
        layer("y3", "y2", ("Flatten", {})),
    )
    inputs, outputs = {"a": (24, 8), "b": (16,)}, ("flat", "sum", "y1", "y3")
    for strategy in BOTH:
        yield graph(
            "multiout_network",
            f"corners-{strategy}",
            inputs,
            outputs,
            *corners,
            precision="fixed<32,5>",
            strategy=strategy,
        )
    reused = (
        layer("conv", "a", ("Conv1D", {"filters": 2, "kernel_size": 3, "activation": "relu"})),
        layer("other", "b", (AGAIN, {"layer": "conv"})),
        layer("sum", "conv other", ("Add", {})),
        layer("y", "sum", ("Dense", {"units": 5})),
    )
    outputs = ("conv", "other", "sum", "y")
    yield graph(
        "keras_v3_api", "reused_layer", {"a": (10, 10), "b": (10, 10)}, outputs, *reused, precision="fixed<32,8>"
    )


def _moved() -> Iterator[Case]:
    """Permutations, and flattened or reshaped tensors."""
    turned = (
        layer("turned", "x", ("Permute", {"dims": [2, 1]})),
        layer("twice", "turned turned", ("Concatenate", {"axis": 1})),
        layer("relu", "turned", ("Activation", {"activation": "relu"})),
        layer("y", "relu twice", ("Concatenate", {"axis": 1})),
    )
    given: dict[str, Any] = {"precision": "fixed<16,3,RND_CONV,SAT>", "granularity": "name"}
    given |= {"relu": {"Precision": "ufixed<17,3>"}}
    yield graph("transpose_concat", "", {"x": (2, 3)}, ("y",), *turned, **given)
    yield chain("transpose_concat", "highdim", (2, 3, 4, 5, 6), ("Permute", {"dims": [3, 5, 4, 1, 2]}))
    flat = [layer(name, "x", ("Flatten", {})) for name in ("a", "b")]
    flat.append(layer("y", "a b", ("Concatenate", {"axis": 1})))
    yield graph("clone_flatten", "", {"x": (2, 3)}, ("y",), *flat, precision="fixed<6,6>", granularity="name")
    specs = (("Dense", {"units": 30}), ("Reshape", {"target_shape": [10, 3]}), ("ReLU", {}))
    yield chain("reshape", "", (10,), *specs, precision="fixed<32,16>")


def _nested(varied: str, size: int, units: tuple[int, ...]) -> Case:
    plain = chain("keras_nested_model", varied, (size,), *(("Dense", {"units": count}) for count in units)).network
    return Case("keras_nested_model", varied, Nested(**vars(plain)))


class Nested(Network):
    """A chain of which the middle third is a model within a model, and the last one a model."""

    def build(self, prefix: str = "") -> keras.Model:
        import keras

        first, *built = super().build(prefix).layers
        third = len(built) // 3
        outside, middle, last = built[:third], built[third : 2 * third], built[2 * third :]
        y = x = keras.Input(first.output.shape[1:], name=first.name)
        for one in outside:
            y = one(y)
        inside = keras.Input(y.shape[1:])
        y = keras.Model(inside, keras.Sequential(middle)(inside))(y)
        return keras.Model(x, keras.Sequential(last)(y))
