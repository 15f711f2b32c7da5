"""Conv and ConvTranspose."""

from __future__ import annotations

from functools import partial

from accel.intake.onnx.elementwise import rescaled
from accel.intake.onnx.layout import Value, reordered, whole
from accel.intake.onnx.nodes import Given, Node, operator
from accel.intake.onnx.refusal import Unreadable
from accel.intake.onnx.windows import padded, window


@operator("Conv")
def conv(node: Node, x: Given, weights: Given, bias: Given = None) -> Value:
    """W (filters, channels / groups, *kernel)."""
    weights = node.constant(weights, "the kernel")
    x = node.value(x)
    groups, channels = node.get("group", 1), x.shape[1]
    if channels != weights.shape[1] * groups:
        raise Unreadable(f"{channels} channels; expected {weights.shape[1] * groups}")
    seen = window(node, x, weights.shape[2:])
    given, padding = padded(node, seen)
    depthwise = groups == channels > 1
    kernel = seen.kernels(weights)
    if groups == 1:
        kernel = reordered(kernel, -2, seen.x.axes[1], seen.x.stored[-1])
    elif seen.x.stored[-1] != seen.x.axes[1]:
        raise Unreadable("groups of channels that are not stored in their order; expected group=1")
    if depthwise:  # (*kernel, 1, channels * multiplier) to (*kernel, channels, multiplier)
        kernel = kernel.reshape(*kernel.shape[:-2], channels, -1)
    kernel, scale = (kernel, None) if depthwise else node.layers.factored(kernel)
    settings = {
        "strides": seen.strides,
        "padding": padding,
        "dilation_rate": seen.dilations,
        "use_bias": bias is not None and scale is None,
    }
    offset = None if bias is None else node.constant(bias, "the bias")
    parameters = [kernel, offset] if settings["use_bias"] else [kernel]
    axes, stored = seen.axes(seen.outputs, *whole(weights.shape[:1]))

    def layer():
        if depthwise:
            multiplier = weights.shape[0] // channels
            kind = f"DepthwiseConv{seen.rank}D"
            return node.layers.layer(kind, node.name, seen.kernel, depth_multiplier=multiplier, **settings)
        kind = f"Conv{seen.rank}D"
        return node.layers.layer(kind, node.name, weights.shape[0], seen.kernel, groups=groups, **settings)

    made = node.made(axes, stored, given, layer, parameters)
    if scale is None:
        return made
    channels = (-1, *(1 for _ in weights.shape[2:]))
    return rescaled(node, made, scale.reshape(channels), 0.0 if offset is None else offset.reshape(channels))


@operator("ConvTranspose")
def conv_transpose(node: Node, x: Given, weights: Given, bias: Given = None) -> Value:
    """W (channels, filters, *kernel); padding cuts off what comes out."""
    weights, x = node.constant(weights, "the kernel"), node.value(x)
    node.expect("group", 1)
    node.expect("auto_pad", "NOTSET", "VALID")
    if node.get("output_shape") is not None:
        raise Unreadable("output_shape; expected pads and output_padding")
    more = list(node.get("output_padding", [0] * (weights.ndim - 2)))
    seen = window(node, x, weights.shape[2:])
    extra = [more[place - 2] for place in seen.places]
    full = [(n - 1) * s + max(k, s) for n, s, k in zip(seen.sizes, seen.strides, seen.reach, strict=True)]
    surplus = [max(s - k, 0) for s, k in zip(seen.strides, seen.reach, strict=True)]
    crops = tuple((a, b - e + m) for (a, b), e, m in zip(seen.edges, extra, surplus, strict=True))
    if any(min(crop) < 0 for crop in crops):
        raise Unreadable(f"output_padding={more}; expected no more than is cut off by pads")
    kernel = reordered(seen.kernels(weights.swapaxes(0, 1)), -2, seen.x.axes[1], seen.x.stored[-1])
    kernel = kernel.swapaxes(-1, -2)
    settings = {"strides": seen.strides, "dilation_rate": seen.dilations, "use_bias": bias is not None}
    parameters = [kernel] if bias is None else [kernel, node.constant(bias, "the bias")]
    (channels,) = whole(weights.shape[1:2])
    layer = partial(node.layers.layer, f"Conv{seen.rank}DTranspose", node.name, weights.shape[1], seen.kernel)
    made = node.made(*seen.axes(full, channels), seen.x, partial(layer, **settings), parameters)
    if not any(map(any, crops)):
        return made
    left = [size - sum(crop) for size, crop in zip(full, crops, strict=True)]
    cut = crops if seen.rank == 2 else crops[0]
    layer = partial(node.layers.layer, f"Cropping{seen.rank}D", f"{node.name}_crop", cut)
    return node.made(*seen.axes(left, channels), made, layer)
