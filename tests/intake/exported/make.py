"""Makes the .onnx files beside it: small PyTorch modules of a fixed seed through both of its exporters.

    python -m pip install torch onnxscript && python make.py

They were made with torch 2.15.0: `<name>_program.onnx` by torch.export (dynamo=True), `<name>_script.onnx` by
TorchScript (dynamo=False).
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from torch import nn

HERE = Path(__file__).parent
torch.manual_seed(0)


class Calls(nn.Module):
    """Modules, and what is done with them."""

    def __init__(self, forward, **parts: nn.Module) -> None:
        super().__init__()
        self.call = forward
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.call(self, x)


def crnn(net: Calls, x: torch.Tensor) -> torch.Tensor:
    """Frequency by time: convolutions, then a GRU over time."""
    x = net.pool(torch.relu(net.norm(net.conv1(x))))
    x = torch.relu(net.conv2(x))
    return net.out(net.gru(x.permute(0, 3, 1, 2).flatten(2))[0][:, -1])


def from_the_end(net: Calls, x: torch.Tensor) -> torch.Tensor:
    """A sequence read from its end, each step's output where the step is."""
    return net.out(net.gru(x.flip(1))[0].flip(1))


def both_ends(net: Calls, x: torch.Tensor) -> torch.Tensor:
    """The last states of both directions."""
    hidden = net.lstm(x)[1][0]
    return net.out(torch.cat((hidden[-2], hidden[-1]), 1))


NETWORKS = {
    "mlp": (nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Dropout(), nn.Linear(8, 4), nn.Softmax(-1)), (6,)),
    "cnn": (
        nn.Sequential(
            nn.Conv2d(1, 3, 3, padding=1, bias=False),
            nn.BatchNorm2d(3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(3, 4, 3),
            nn.Tanh(),
            nn.AvgPool2d(2),
            nn.Flatten(),
            nn.Linear(4 * 2 * 3, 5),
        ),
        (1, 12, 16),
    ),
    "wave": (
        nn.Sequential(
            nn.Conv1d(2, 4, 5, padding=2),
            nn.BatchNorm1d(4),
            nn.LeakyReLU(0.1),
            nn.MaxPool1d(2),
            nn.Flatten(),
            nn.Linear(40, 3),
        ),
        (2, 20),
    ),
    "mobile": (
        nn.Sequential(
            nn.Conv2d(3, 4, 3, stride=2, padding=1),
            nn.ReLU6(),
            nn.Conv2d(4, 4, 3, groups=4, padding=1),
            nn.Hardswish(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(4, 3),
        ),
        (3, 9, 12),
    ),
    "crnn": (
        Calls(
            crnn,
            conv1=nn.Conv2d(1, 4, 3, padding=1),
            norm=nn.BatchNorm2d(4),
            pool=nn.MaxPool2d(2),
            conv2=nn.Conv2d(4, 6, 3, padding=1),
            gru=nn.GRU(24, 5, batch_first=True),
            out=nn.Linear(5, 3),
        ),
        (1, 8, 16),
    ),
    "steps": (
        Calls(lambda net, x: net.out(net.lstm(x)[0]), lstm=nn.LSTM(5, 6, batch_first=True), out=nn.Linear(6, 2)),
        (7, 5),
    ),
    "both": (
        Calls(both_ends, lstm=nn.LSTM(5, 6, batch_first=True, bidirectional=True), out=nn.Linear(12, 2)),
        (7, 5),
    ),
    "twice": (
        Calls(lambda net, x: net.out(net.gru(x)[1][-1]), gru=nn.GRU(5, 4, 2, batch_first=True), out=nn.Linear(4, 2)),
        (7, 5),
    ),
    "backwards": (Calls(from_the_end, gru=nn.GRU(5, 4, batch_first=True), out=nn.Linear(4, 2)), (7, 5)),
}


def main() -> None:
    for name, (network, shape) in NETWORKS.items():
        for part in network.modules():
            if hasattr(part, "running_mean"):
                nn.init.uniform_(part.running_mean, -1, 1)
                nn.init.uniform_(part.running_var, 0.5, 2)
        example = torch.randn(2, *shape)
        batch = ({0: torch.export.Dim("batch")},)
        script, program = (HERE / f"{name}_{exporter}.onnx" for exporter in ("script", "program"))
        axes = {"x": {0: "batch"}}
        torch.onnx.export(network.eval(), (example,), script, dynamo=False, input_names=["x"], dynamic_axes=axes)
        torch.onnx.export(network, (example,), program, dynamo=True, dynamic_shapes=batch, external_data=False)
        for file in (script, program):
            onnx.save(plain(onnx.load(file)), file)


def plain(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without what the exporter notes of the program that it ran in."""
    for part in (model, model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    return model


if __name__ == "__main__":
    main()
