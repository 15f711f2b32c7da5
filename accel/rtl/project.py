"""An RTL folder: pure text by relative path, its digest, and the one place that writes it."""

from __future__ import annotations

import hashlib
from importlib import resources
from pathlib import Path

import accel
from accel import cache
from accel.rtl.folder import FILELIST, RtlFolder
from accel.rtl.interface import FILE, Interface, LayerStream
from accel.rtl.interface import Stream as AxisStream
from accel.rtl.layers import Stream
from accel.rtl.plan import Plan
from accel.rtl.top import lane_bits, prefixes, top

# By dependency level: each module uses only those before it.
LIBRARY = (
    "acc_pkg",
    "acc_requant",
    "acc_rectify",
    "acc_fifo",
    "acc_fork",
    "acc_delay",
    "acc_collect",
    "acc_adder_tree",
    "acc_max_tree",
    "acc_multiply",
    "acc_products",
    "acc_dots",
    "acc_weights",
    "acc_select",
    "acc_slices",
    "acc_operands",
    "acc_start",
    "acc_repack",
    "acc_reverse",
    "acc_permute",
    "acc_window",
    "acc_cast",
    "acc_piecewise",
    "acc_lut_read",
    "acc_lut",
    "acc_curve",
    "acc_scale",
    "acc_merge",
    "acc_beside",
    "acc_append",
    "acc_repeat",
    "acc_pool",
    "acc_reduce",
    "acc_pad",
    "acc_crop",
    "acc_upsample",
    "acc_divide",
    "acc_mvau_control",
    "acc_mvau",
    "acc_softmax",
    "acc_softmax_legacy",
    "acc_argmax",
    "acc_table",
    "acc_blend",
    "acc_ring",
    "acc_recurrent_control",
    "acc_recurrent_sums",
    "acc_recurrent_state",
    "acc_gru_lane",
    "acc_gru",
    "acc_lstm_lane",
    "acc_lstm",
    "acc_stream_trace",
    "acc_axis_in",
    "acc_axis_out",
)


def library() -> dict[str, str]:
    """Text of the library modules by file name, in compile order."""
    folder = resources.files("accel.rtl") / "lib"
    return {f"{name}.sv": (folder / f"{name}.sv").read_text() for name in LIBRARY}


def top_name(design: str) -> str:
    """The top module of a design, a name that no keyword, port or library module has: the design may be
    called `reg`.
    """
    return f"{design}_top"


def generate(plan: Plan, name: str) -> dict[str, str]:
    """The files of an RTL folder for top module ``name``: the same plan gives the same bytes."""
    files = {**library(), f"{name}.sv": top(plan, name, accel.__version__)}
    sources = list(files)
    for instance in plan.instances:
        files.update({file: memory.text() for file, memory in instance.memories.items()})
    files[FILELIST] = "".join(f"{source}\n" for source in sources)
    files[FILE] = interface(plan, name, digest(files)).to_json()
    return files


def interface(plan: Plan, name: str, digest_: str) -> Interface:
    """How a simulator sees the folder."""
    layers = (
        LayerStream(name, stream.lanes, stream.type.width, stream.type.signed, stream.beats)
        for name, stream in plan.made.items()
    )
    return Interface(
        name,
        tuple(map(_axis, prefixes("s_axis", plan.graph.inputs), plan.sources)),
        tuple(map(_axis, prefixes("m_axis", plan.graph.outputs), plan.outputs)),
        tuple(layers),
        (*(given.name for given in plan.graph.inputs), *(instance.name for instance in plan.instances)),
        plan.latency,
        plan.ii,
        plan.frames,
        digest_,
    )


def _axis(prefix: str, stream: Stream) -> AxisStream:
    type_ = stream.type
    return AxisStream(prefix, stream.lanes, lane_bits(type_), type_.width, type_.fraction, type_.signed, stream.beats)


def digest(files: dict[str, str]) -> str:
    """SHA-256 of names and contents."""
    state = hashlib.sha256()
    for path in sorted(files):
        state.update(f"{path}\0{len(files[path])}\0{files[path]}".encode())
    return state.hexdigest()


def write(files: dict[str, str], folder: Path) -> RtlFolder:
    """Put the files into ``folder``, replacing it whole; returns it as it is read."""
    with cache.scratch(folder.parent) as drafts:
        made = drafts / folder.name
        made.mkdir()
        for path, text in files.items():
            (made / path).write_text(text)
        return RtlFolder.read(cache.replace(made, folder))
