"""Runs a network's description on PyTorch with random weights and prints the seconds of each run: the peer of bench/networks.

Input (stdin, JSON): {"threads", "repeats", "batch", "inputs": {name: shape}, "layers": [placed layers], "outputs": [names]}.
"""
import json
import sys
import time

import torch
import torch.nn.functional as F


def build(layers):
    """Weights of every layer that has some."""
    torch.manual_seed(1)
    weights = {}
    for placed in layers:
        layer, name, channels = placed["layer"], placed["name"], placed["inputShape"][0]
        if layer["kind"] == "convolution":
            size = layer["kernel"]
            weights[name] = (torch.randn(layer["filters"], channels, size, size) * 0.05, torch.zeros(layer["filters"]))
        elif layer["kind"] == "dense":
            weights[name] = (torch.randn(layer["units"], channels) * 0.05, torch.zeros(layer["units"]))
        elif layer["kind"] == "batchNormalization":
            weights[name] = (torch.zeros(channels), torch.ones(channels), torch.ones(channels), torch.zeros(channels))
    return weights


def forward(layers, weights, values):
    """All layers in order; returns the values by name."""
    for placed in layers:
        layer, name = placed["layer"], placed["name"]
        x = values[placed["reads"][0]]
        kind = layer["kind"]
        if kind == "convolution":
            dilation = layer.get("dilation", 1)
            padding = 0 if layer["padding"] == "valid" else (layer["kernel"] - 1) * dilation // 2
            weight, bias = weights[name]
            x = F.conv2d(x, weight, bias, stride=layer.get("stride", 1), padding=padding, dilation=dilation)
        elif kind == "leakyRelu":
            x = F.leaky_relu(x, layer["slope"])
        elif kind == "batchNormalization":
            x = F.batch_norm(x, *weights[name], training=False)
        elif kind == "maxPooling":
            x = F.max_pool2d(x, 2)
        elif kind == "upsampling":
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        elif kind == "concatenation":
            x = torch.cat([x, values[placed["reads"][1]]], 1)
        elif kind == "addition":
            x = x + values[placed["reads"][1]]
        elif kind == "globalAveragePooling":
            x = x.mean((2, 3))
        elif kind == "dense":
            x = F.linear(x, *weights[name])
        elif kind != "dropout":
            raise ValueError(f"unknown layer {kind}")
        values[name] = x
    return values


def main():
    job = json.load(sys.stdin)
    torch.set_num_threads(job["threads"])
    weights = build(job["layers"])
    seconds = []
    with torch.no_grad():
        for run in range(job["repeats"] + 2):
            values = {name: torch.randn(job["batch"], *shape) for name, shape in job["inputs"].items()}
            start = time.perf_counter()
            values = forward(job["layers"], weights, values)
            for name in job["outputs"]:
                F.softmax(values[name], 1)
            if run >= 2:
                seconds.append(time.perf_counter() - start)
    print(json.dumps({"version": torch.__version__, "seconds": seconds}))


main()
