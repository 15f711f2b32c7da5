"""A trained model to hls4ml's graph, with our types in it, and that graph to an HLS C++ project.

hls4ml runs in two halves. After the first (its flow `optimize`: batch normalisation folded, activations split off) the
network's structure and weights are final and its types still free: there `accel.hls.precision` chooses them, and the
weights are rounded to theirs. The second half (`accel:ip`) makes the Vitis HLS design of it.
"""

from __future__ import annotations

import contextlib
import io
import logging
import traceback
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from accel import cache
from accel.design import Design
from accel.errors import AccelError
from accel.fixed import Fixed, from_float, to_float
from accel.hls import precision, reuse
from accel.hls.accumulators import nearest
from accel.hls.csim import FOLDER as CSIM_FOLDER
from accel.hls.ranges import Ranges
from accel.intake.reading import Types
from accel.intake.rewrite import shown

if TYPE_CHECKING:
    import keras
    from hls4ml.model.graph import ModelGraph
    from hls4ml.model.layers import Layer

log = logging.getLogger(__name__)

PROJECT = "accel_top"

NOBODYS = Fixed(61, 31)
"""Stands, until types are chosen, for that of a tensor without one that hls4ml must not take for free."""


def convert(network: keras.Model, design: Design, ranges: Ranges | None, out: Path) -> ModelGraph:
    """Convert `network` by `design`; nothing is written, `out` is where `write` will put the project.

    `ranges` are those `accel.hls.ranges.measure` returned, needed for the `auto` precision.

    Raises:
        AccelError: the network holds something that hls4ml or the design cannot do.
    """
    graph = first_half(network, design, out, ranges.types if ranges else {})
    design.check_layers(graph.graph, graph.config.config["HLSConfig"]["LayerName"])
    factors = reuse.choose(graph, design)
    for name, types in precision.choose(graph, design, ranges).items():
        settle(graph.graph[name], types, factors.get(name))
    graph.config.trace_output = True
    with _captured():
        graph.apply_flow("accel:ip")
    return graph


def first_half(network: keras.Model, design: Design, out: Path, types: Types) -> ModelGraph:
    """The graph after hls4ml's flow `optimize`, with float weights and no types of ours in it yet.

    hls4ml merges layers whose types are free; in a network that came with `types` none are, nor are those of a layer
    that an output and another layer read.
    """
    from hls4ml.backends import get_available_backends

    if "accel" not in get_available_backends():
        raise AccelError("hls4ml does not see its backend Accel: install the project with: pip install -e .")
    import hls4ml

    names = [layer.name for layer in network.layers]
    settled = names if types else shown(network)
    results = {name: str(types.get(name, {}).get("result", NOBODYS)) for name in settled}
    arguments = _arguments(design, out, names, results)
    with _captured():
        return hls4ml.converters.convert_from_keras_model(network, allow_da_fallback=False, **arguments)


def write(graph: ModelGraph) -> Path:
    """Write the HLS project to the folder given to `convert`, all of it or nothing; returns that folder.

    A project of the same bytes that is there already stays, and with it its compiled C simulation; another one is
    replaced. The same graph gives the same bytes.
    """
    out = Path(graph.config.get_output_dir())
    try:
        with cache.scratch(out.parent) as drafts:
            draft = drafts / out.name
            graph.config.config["OutputDir"] = str(draft)
            with _captured():
                graph.write()
            if not out.exists() or digest(out) != digest(draft):
                cache.replace(draft, out)
    except OSError as error:
        raise AccelError(f"could not write the HLS project {out}: {error.strerror or error}") from error
    finally:
        graph.config.config["OutputDir"] = str(out)
    return out


def parameters(graph: ModelGraph) -> int:
    """Numbers in the graph's weights; what was folded into a layer no longer counts."""
    return sum(weight.data.size for layer in graph.get_layers() for weight in layer.get_weights())


def digest(project: Path) -> str:
    """SHA-256 over the names and bytes of everything `write` put into a project, in hexadecimal."""
    return cache.tree_digest(project, CSIM_FOLDER)


def _arguments(design: Design, out: Path, names: Iterable[str], results: Mapping[str, str]) -> dict[str, Any]:
    """What hls4ml's converter is given. `auto` for every type but those `results` keeps them free in the first half."""
    kinds = ("result", "weight", "bias", "recurrent_weight", "recurrent_bias", "scale", "accum")
    free = dict.fromkeys(kinds, "auto")
    came = {name: {"result": result} for name, result in results.items()}
    return {
        "output_dir": str(out),
        "project_name": PROJECT,
        "backend": "Accel",
        "io_type": design.io,
        "part": design.part,
        "clock_period": design.clock_ns,
        "hls_config": {
            "Model": {"Precision": {"default": "fixed<16,6>"}, "ReuseFactor": 1, "Strategy": design.strategy},
            "LayerName": {
                name: {
                    "Precision": free | came.get(name, {}),
                    "Strategy": design.layer(name).strategy or design.strategy,
                }
                for name in names
            },
            "Flows": ["optimize"],
        },
    }


def settle(layer: Layer, types: precision.LayerTypes, factors: reuse.Reuse | None = None) -> None:
    """Give a layer its types, tables and reuse factors, and round its weights to theirs.

    A kind has no underscore in the C++ names of types, else a GRU `gru` and a layer `gru_recurrent` would both make
    `gru_recurrent_weight_t`.
    """
    from hls4ml.model.types import NamedType

    for kind, fixed in types.fixed.items():
        named = NamedType(f"{layer.name}_{kind.replace('_', '')}_t", _hls_type(fixed))
        if kind == "result":
            layer.get_output_variable().type.precision = named.precision
        elif kind in layer.weights:
            weight = layer.weights[kind]
            weight.type.name = named.name
            weight.update_precision(named.precision)
            weight.data = to_float(from_float(weight.data, nearest(fixed)), fixed)
        else:
            layer.set_attr(f"{kind}_t", named)
    for key, value in (types.sizes | {"trace": True}).items():
        layer.set_attr(key, value)
    strategy = layer.model.config.get_strategy(layer)
    settings = {"Strategy": strategy, "Precision": {kind: str(fixed) for kind, fixed in types.fixed.items()}}
    if factors:
        settings["ReuseFactor"] = factors.hls
        layer.set_attr("accel_reuse", factors.kernel)
        if factors.recurrent:
            layer.set_attr("accel_recurrent_reuse", factors.recurrent)
    layer.model.config.parse_name_config(layer.name, settings)
    layer.model.config.set_name_config(layer.name, settings | types.sizes)


def _hls_type(fixed: Fixed) -> Any:
    from hls4ml.model.types import FixedPrecisionType

    return FixedPrecisionType(fixed.width, fixed.integer, fixed.signed, fixed.rounding.value, fixed.overflow.value)


@contextlib.contextmanager
def _captured() -> Iterator[None]:
    """Send what hls4ml prints to the log; its exceptions become an AccelError."""
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            yield
    except (AccelError, OSError):
        raise
    except Exception as error:  # hls4ml raises bare Exception, AssertionError, KeyError, ...
        reason = " ".join(str(error).split()) or f"{type(error).__name__}, without a word"
        raise AccelError(f"hls4ml cannot convert this model: {_culprit(error)}{reason}") from error
    finally:
        for line in printed.getvalue().splitlines():
            log.debug("hls4ml: %s", line)


def _culprit(error: Exception) -> str:
    """`layer 'conv': `, the layer that hls4ml was at when it raised `error`, as far as its local variables tell."""
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        for variable in ("layer", "keras_layer", "node"):
            found = frame.f_locals.get(variable)
            name = found.get("name") if isinstance(found, dict) else getattr(found, "name", None)
            if isinstance(name, str):
                return f"layer '{name.removeprefix('clone_')}': "
    return ""
