"""Makes the models of Brevitas in this folder, as it exports them to QONNX, with inputs and what it makes of them.

python -m venv b && b/bin/pip install torch brevitas onnx onnxscript "setuptools<81" && b/bin/python make.py
"""

from __future__ import annotations

from pathlib import Path

import brevitas.nn as qnn
import numpy as np
import onnx
import torch
from brevitas.export import export_qonnx
from brevitas.quant import (
    Int8ActPerTensorFixedPoint,
    Int8WeightPerChannelFloat,
    Int8WeightPerTensorFixedPoint,
    SignedBinaryActPerTensorConst,
    SignedBinaryWeightPerTensorConst,
    Uint8ActPerTensorFixedPoint,
    Uint8ActPerTensorFloat,
)
from torch import nn

HERE = Path(__file__).parent
FRAMES = 16


def identity(bits: int):
    """A quantiser of powers of two."""
    return qnn.QuantIdentity(bit_width=bits, act_quant=Int8ActPerTensorFixedPoint)


def relu(bits: int):
    """The same of what is not negative."""
    return qnn.QuantReLU(bit_width=bits, act_quant=Uint8ActPerTensorFixedPoint)


def shifts() -> tuple[nn.Module, tuple[int, ...]]:
    """Scales that are powers of two."""
    fixed = {"weight_quant": Int8WeightPerTensorFixedPoint, "bias": False}
    layers = [identity(8), qnn.QuantConv2d(2, 4, 3, padding=1, weight_bit_width=4, **fixed), relu(5), nn.MaxPool2d(2)]
    layers += [qnn.QuantConv2d(4, 3, 2, weight_bit_width=6, **fixed), relu(4), nn.Flatten()]
    return nn.Sequential(*layers, qnn.QuantLinear(27, 5, weight_bit_width=5, **fixed)), (2, 8, 8)


def signs() -> tuple[nn.Module, tuple[int, ...]]:
    """Weights and activations of one bit, as in BNN-PYNQ's networks."""
    binary = {"weight_quant": SignedBinaryWeightPerTensorConst, "bias": False}
    sign = {"act_quant": SignedBinaryActPerTensorConst, "scaling_init": 1.0, "scaling_impl_type": "const"}
    layers = [
        qnn.QuantIdentity(**sign),
        qnn.QuantLinear(24, 16, **binary),
        nn.BatchNorm1d(16),
        qnn.QuantIdentity(**sign),
    ]
    return nn.Sequential(*layers, qnn.QuantLinear(16, 6, **binary)), (24,)


def scales() -> tuple[nn.Module, tuple[int, ...]]:
    """Scales of any size, one for each filter, and a bias."""
    weights = {"weight_quant": Int8WeightPerChannelFloat, "weight_bit_width": 4}
    layers = [identity(8), qnn.QuantConv2d(2, 4, 3, bias=True, **weights)]
    layers += [qnn.QuantReLU(bit_width=4, act_quant=Uint8ActPerTensorFloat), nn.Flatten()]
    return nn.Sequential(*layers, qnn.QuantLinear(64, 3, bias=True, **weights)), (2, 6, 6)


def main() -> None:
    """Write each model and `examples.npz`."""
    kept = {}
    for build in (shifts, signs, scales):
        torch.manual_seed(4)
        model, shape = build()
        name = build.__name__
        with torch.no_grad():
            for part in model.modules():
                if isinstance(part, nn.BatchNorm1d):
                    part.weight.uniform_(0.5, 2)
                    part.bias.normal_()
            for _ in range(4):  # quantisers measure what they see
                model(torch.randn(64, *shape))
            model.eval()
            x = torch.randn(FRAMES, *shape)
            y = model(x)
        y = y.value if hasattr(y, "value") else y
        kept |= {f"{name}_x": x.numpy(), f"{name}_y": y.numpy()}
        export_qonnx(model, args=x[:1], export_path=str(HERE / f"{name}.onnx"))
        onnx.save(onnx.load(HERE / f"{name}.onnx"), HERE / f"{name}.onnx")
        (HERE / f"{name}.onnx.data").unlink()
    np.savez_compressed(HERE / "examples.npz", **kept)


if __name__ == "__main__":
    main()
