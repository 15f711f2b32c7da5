"""The networks and settings of hls4ml 1.3.0's own tests with io_stream (``test/pytest`` of its repository): those that
are chains of layers; `hls4ml_graphs` has the others.

A test that runs on several of hls4ml's backends is one case here. What it varies besides is written as loops.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from accel.reuse import valid_factors
from tests.conformance.networks import Layer, Network

Spec = tuple[str, dict[str, Any]]
"""A layer of `keras.layers`, and its arguments."""

BOTH = ("Latency", "Resource")
PADDINGS = ("same", "valid")


@dataclass(frozen=True)
class Case:
    """A test of hls4ml: its file without ``test_``, what it varies, and its network, whose settings are those of
    hls4ml: the default ``precision``, ``strategy``, ``reuse``, ``granularity`` and what ``layers`` have of their own.
    """

    test: str
    varied: str
    network: Network

    @property
    def name(self) -> str:
        """One of its own."""
        return f"{self.test}[{self.varied}]"


def chains() -> list[Case]:
    """All of them."""
    return [*_activations(), *_convolutions(), *_plain_convolutions(), *_windows(), *_products(), *_recurrent()]


def settings(
    precision: str = "fixed<16,6>",
    strategy: str = "Latency",
    reuse: int = 1,
    granularity: str = "model",
    **layers: dict[str, Any],
) -> dict[str, Any]:
    """Those of hls4ml's ``config_from_keras_model``, and what is changed of them."""
    own = {"precision": precision, "strategy": strategy, "reuse": reuse, "granularity": granularity}
    return own | {"layers": layers}


def chain(test: str, varied: str, shape: tuple[int, ...], *specs: Spec, **given: Any) -> Case:
    """A network of one layer behind the other."""
    layers: list[Layer] = []
    for kind, arguments in specs:
        others = dict(arguments)
        name = others.pop("name", f"{kind.lower()}_{len(layers)}")
        layers.append(Layer(kind, name, (layers[-1].name if layers else "x",), others))
    return Case(test, varied, Network(1, {"x": shape}, tuple(layers), (layers[-1].name,), settings(**given)))


def nearest(reuse: int, n_in: int, n_out: int) -> int:
    """The valid factor next to one, which hls4ml takes without a word, and accel refuses."""
    return min(valid_factors(n_in, n_out), key=lambda factor: abs(factor - reuse))


def _activations() -> Iterator[Case]:
    kinds: dict[str, Spec] = {
        "relu": ("ReLU", {}),
        "leaky_relu": ("LeakyReLU", {"negative_slope": 1.5}),
        "leaky_relu_act": ("Activation", {"activation": "leaky_relu"}),
        "threshold_relu": ("ReLU", {"threshold": 0.75}),
        "elu": ("ELU", {"alpha": 1.25}),
        "prelu": ("PReLU", {}),
        **{
            name: ("Activation", {"activation": name})
            for name in ("selu", "softplus", "softsign", "tanh", "sigmoid", "hard_sigmoid")
        },
    }
    for (name, spec), shape in product(kinds.items(), ((8,), (8, 8, 3))):
        yield chain("activations", f"{name}-{shape}", shape, spec, granularity="name")
    dense = ("Dense", {"units": 64})
    for test, slope in (("keras_api", 1.0), ("keras_v3_api", 0.5)):
        small = (
            ("Activation", {"activation": "relu"}),
            ("LeakyReLU", {"negative_slope": slope}),
            ("ELU", {}),
            ("PReLU", {}),
            ("Activation", {"activation": "sigmoid"}),
        )
        for spec in small:
            yield chain(test, f"activations-{spec[0]}-{spec[1].get('activation')}", (1,), dense, spec)
    elu = ("Activation", {"activation": "elu"})
    for test in ("keras_api", "keras_v3_api", "bram_factor"):
        yield chain(test, "dense", (1,), ("Dense", {"units": 2}), elu)
    for shape in ((8,), (8, 8, 3)):
        own = {"table_t": "fixed<20,4>", "table_size": 2048}
        spec = ("Activation", {"activation": "softsign", "name": "softsign"})
        yield chain("softsign", str(shape), shape, spec, precision="fixed<20,4>", granularity="name", softsign=own)
    yield from _softmax()


def _softmax() -> Iterator[Case]:
    spec = ("Activation", {"activation": "softmax", "name": "softmax"})
    rows = (
        ("16,6", (8,), "18,8", False),
        ("16,6", (8,), "18,8", True),
        ("16,6", (8,), "9,6", False),
        ("9,6", (8,), "18,8", False),
        ("16,6", (8, 8, 3), "18,8", False),
    )
    for (bits, shape, table, sums), form in product(rows, ("stable", "latency", "argmax")):
        kinds = ("inv_table_t", "exp_table_t", "accum_t", "inv_inp_t")
        own: dict[str, Any] = {"Strategy": form} | dict.fromkeys(kinds, f"fixed<{table},RND,SAT>")
        if sums:
            width, integer = map(int, bits.split(","))
            own |= {"accum_t": f"fixed<{width + 3},{integer + 3}>", "inv_inp_t": f"fixed<{width + 2},{integer + 2}>"}
        given = {"softmax": own, "x": {"Precision": {"result": f"fixed<{bits}>"}}}
        yield chain("softmax", f"{bits}-{shape}-{table}-{sums}-{form}", shape, spec, granularity="name", **given)
    yield chain("softmax", "skipped", (10,), ("Dense", {"units": 14}), spec, granularity="name", softmax={"skip": True})


def _convolutions() -> Iterator[Case]:
    for kind, padding, size, strides, strategy in product(("Depthwise", "Separable"), PADDINGS, (2, 3), (1, 2), BOTH):
        for rank, shape in ((1, (16, 4)), (2, (16, 16, 3))):
            common = {"padding": padding, "strides": strides, "kernel_size": size, "use_bias": False}
            spec = (f"{kind}Conv{rank}D", common | ({"filters": 8} if kind == "Separable" else {}))
            test = f"{'depthconv' if kind == 'Depthwise' else 'sepconv'}{rank}d"
            products = {f"{kind.lower()}conv{rank}d_0": (size**rank, shape[-1])}
            if kind == "Separable":
                ((name, first),) = products.items()
                products = {f"{name}_depthwise": first, name: (shape[-1], 8)}
            for reuse in (1, 4, 6) if rank == 1 else (1, 3, 4):
                varied = f"{padding}-{strides}-{size}-{strategy}-{reuse}"
                own = {name: {"ReuseFactor": nearest(reuse, *sizes)} for name, sizes in products.items()}
                yield chain(test, varied, shape, spec, precision="fixed<32,8>", strategy=strategy, reuse=reuse, **own)


def _plain_convolutions() -> Iterator[Case]:
    for padding, strides, strategy in product(PADDINGS, (1, 2), BOTH):
        for rank, shape, precision in ((1, (28, 3), "fixed<32,16>"), (2, (28, 28, 3), "fixed<32,9>")):
            common = {"padding": padding, "strides": strides, "kernel_size": 1, "use_bias": False, "filters": 32}
            varied = f"{rank}d-{padding}-{strides}-{strategy}"
            given = {"precision": precision, "strategy": strategy, "granularity": "name" if rank == 1 else "model"}
            yield chain("pointwiseconv", varied, shape, (f"Conv{rank}D", common), **given)
    relu = ("Activation", {"activation": "relu"})
    conv = {"filters": 32, "use_bias": False}
    for padding, strategy in product(PADDINGS, BOTH):
        spec = ("Conv1D", conv | {"kernel_size": 3, "padding": padding, "activation": "relu"})
        yield chain("keras_api", f"conv1d-{padding}-{strategy}", (128, 4), spec, relu, strategy=strategy)
        spec = ("Conv2D", conv | {"kernel_size": 4, "strides": 4, "padding": padding})
        yield chain("keras_api", f"conv2d-{padding}-{strategy}", (28, 28, 3), spec, strategy=strategy)
    for padding, function in product(PADDINGS, ("elu", "relu")):
        spec = ("Conv1D", conv | {"kernel_size": 3, "strides": 2, "padding": padding, "activation": function})
        yield chain("keras_v3_api", f"conv1d-{padding}-{function}", (128, 4), spec, relu)
    for padding in PADDINGS:
        spec = ("Conv2D", conv | {"kernel_size": [2, 3], "strides": [4, 5], "padding": padding})
        yield chain("keras_v3_api", f"conv2d-{padding}", (32, 32, 3), spec)
    for test in ("keras_api", "keras_v3_api"):
        given = {"granularity": "name"}
        yield chain(test, "depthwise1d", (32, 3), ("DepthwiseConv1D", {"kernel_size": 3}), **given)
        given |= {"precision": "fixed<32,12>"}
        yield chain(test, "depthwise2d", (32, 32, 3), ("DepthwiseConv2D", {"kernel_size": 3}), **given)
    for strategy, implementation in product(BOTH, ("Encoded", "LineBuffer")):
        given = {"strategy": strategy}
        varied = f"{strategy}-{implementation}"
        spec = ("Conv1D", {"filters": 5, "kernel_size": 9, "name": "conv"})
        given |= {"conv": {"ConvImplementation": implementation}}
        yield chain("conv1d_narrow", varied, (11, 3), spec, **given)
        yield chain("conv2d_narrow", varied, (5, 5, 3), ("Conv2D", spec[1] | {"kernel_size": 4}), **given)
    causal = ("Conv1D", {"filters": 1, "kernel_size": 5, "padding": "causal"})
    yield chain("causalpadding", "", (100, 1), causal, precision="fixed<32,16>", granularity="name")


def _windows() -> Iterator[Case]:
    given: dict[str, Any] = {"precision": "fixed<32,9>"}
    for kind in ("Max", "Average"):
        yield chain("pooling", f"1d-{kind}", (124, 5), (f"{kind}Pooling1D", {"pool_size": 3}), **given)
        yield chain("pooling", f"2d-{kind}", (124, 124, 5), (f"{kind}Pooling2D", {"pool_size": 2}), **given)
        for keeps, (rank, shape) in product((True, False), ((1, (18, 6)), (2, (18, 18, 6)))):
            spec = (f"Global{kind}Pooling{rank}D", {"keepdims": keeps})
            yield chain("globalpooling", f"{rank}d-{kind}-{keeps}", shape, spec, granularity="name", **given)
    given = {"precision": "fixed<32,1>", "granularity": "name"}
    for test, kind, two, one in (
        ("upsampling", "UpSampling", {"size": [2, 2]}, {"size": 2}),
        ("zeropadding", "ZeroPadding", {"padding": [[1, 2], [3, 4]]}, {"padding": [3, 4]}),
        ("cropping", "Cropping", {"cropping": [[1, 2], [3, 4]]}, {"cropping": [3, 4]}),
    ):
        yield chain(test, "1d", (8, 4), (f"{kind}1D", one), **given)
        yield chain(test, "2d", (6, 8, 4), (f"{kind}2D", two), **given)


def _products() -> Iterator[Case]:
    for center in (True, False):
        spec = ("BatchNormalization", {"center": center, "scale": center})
        yield chain("batchnorm", str(center), (16,), spec, precision="fixed<32,1>", granularity="name")
    for shape, strategy in product(((4, 3), (4, 1), (2, 3, 2), (1, 3, 1)), BOTH):
        specs = [("Dense", {"units": units, "activation": "relu"}) for units in (7, 2)]
        yield chain("multi_dense", f"{shape}-{strategy}", shape, *specs, strategy=strategy, granularity="name")
    for reuse in (1, 2, 4, 8, 16, 32, 48, 64, 96, 192):
        given = {"precision": "fixed<32,16>", "strategy": "ResourceUnrolled", "reuse": reuse}
        yield chain("dense_unrolled", f"dense-{reuse}", (16,), ("Dense", {"units": 12}), **given)
    for rank, reuse in product((1, 2), (1, 3, 9, 27, 54, 108)):
        given = {"precision": "fixed<32,16>", "strategy": "ResourceUnrolled", "reuse": reuse}
        specs = ((f"Conv{rank}D", {"filters": 4, "kernel_size": 3}), ("Flatten", {}), ("Dense", {"units": 1}))
        yield chain("dense_unrolled", f"conv{rank}d-{reuse}", (*(8,) * rank, 3), *specs, **given)
    for kind, static, reuse in product(("LSTM", "GRU"), (True, False), (1, 4, 32, 128)):
        own = {"static": static, "Strategy": "ResourceUnrolled", "ReuseFactor": reuse}
        spec = (kind, {"units": 8, "name": "rnn"})
        given = {"precision": "fixed<32,16>", "granularity": "name", "rnn": own}
        yield chain("dense_unrolled", f"{kind}-{static}-{reuse}", (12, 8), spec, **given)
    specs = (
        ("Conv1D", {"filters": 3, "kernel_size": 4, "padding": "same", "activation": "relu"}),
        ("Conv1D", {"filters": 2, "kernel_size": 4, "padding": "same", "activation": "relu"}),
        ("Conv1D", {"filters": 1, "kernel_size": 4, "padding": "same", "activation": "relu"}),
        ("Flatten", {}),
        ("Dense", {"units": 5, "activation": "relu", "name": "fc1"}),
        ("Dense", {"units": 5, "activation": "softmax", "name": "output"}),
    )
    wide = "fixed<16,6,RND_CONV,SAT>"
    own = {"fc1": {"weight": "fixed<16,3>", "result": wide}, "output": {"weight": "fixed<16,6>", "result": wide}}
    for strategy in BOTH:
        layers = {name: {"Precision": types} for name, types in own.items()}
        given = {"precision": "fixed<16,3,RND_CONV,SAT>", "strategy": strategy} | layers
        yield chain("conv1d", strategy, (10, 4), *specs, **given)


def _recurrent() -> Iterator[Case]:
    for kind, sequences, static, strategy in product(("LSTM", "GRU"), (True, False), (True, False), BOTH):
        spec = (kind, {"units": 32, "return_sequences": sequences, "name": "rnn"})
        own = {"static": static, "Strategy": strategy}
        given = {"precision": "fixed<32,16>", "granularity": "name", "rnn": own}
        yield chain("rnn", f"{kind}-{sequences}-{static}-{strategy}", (12, 8), spec, **given)
