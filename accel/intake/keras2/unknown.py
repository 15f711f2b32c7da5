"""Why a layer of Keras 1 or 2 is not translated, by its class."""

from __future__ import annotations


def why(kind: str) -> str:
    """What the class has that there is no rule for, and what would be read."""
    import keras

    if kind not in REFUSED and hasattr(keras.layers, kind):
        return "is not translated from old files; expected a network without it, or one that was saved by Keras 3"
    return REFUSED.get(kind) or (
        "a class that is none of Keras' own layers, whose code is not in the file; expected a network of Keras' "
        "layers, this one replaced by those that do the same"
    )


_CODE = "holds code, which is never run; expected layers that do the same in its place"
_OF_QKERAS = "a layer of QKeras inside another; expected it in the outermost model of an HDF5 file"
_GONE = "Keras 3 has no such layer; expected a network without it"

REFUSED = {
    "Lambda": _CODE,
    "Merge": "a function of its own, or a mode without a layer in Keras 3; expected sum, mul, ave, max, concat or dot",
    "TensorFlowOpLayer": "an operation of TensorFlow's graph between layers; expected a layer of Keras in its place",
    **dict.fromkeys(("QDense", "QActivation", "QConv1D", "QConv2D", "QConv2DBatchnorm"), _OF_QKERAS),
    **dict.fromkeys(("QDepthwiseConv2D", "QBatchNormalization", "QLSTM", "QGRU", "QSimpleRNN"), _OF_QKERAS),
    **dict.fromkeys(("ThresholdedReLU", "LocallyConnected1D", "LocallyConnected2D", "SReLU", "Highway"), _GONE),
    "PruneLowMagnitude": "a wrapper that training needs; expected the model after tfmot's strip_pruning(model)",
    **dict.fromkeys(("MaxoutDense", "ParametricSoftplus"), _GONE),
}
"""Of classes that are known and have no rule."""
