"""Loops over raw integers that numba compiles. Nothing here knows of layers.

Whatever they are kept as, integers are computed as int64, and what a result depends on never leaves 64 bits: the
callers see to it.
"""

from __future__ import annotations

import numpy as np

from accel.compiled import compiled

Rule = tuple[int, int, int, int, int, int, int, int]
"""An assignment to a fixed-point type (``accel.fixed.rule``): grow, drop, add, negative, odd, beyond, lo, hi.

Shift left by ``grow``, then drop ``drop`` bits, to which ``add`` is added first, ``negative`` where the value is
negative, and ``odd`` where what stays is odd. Outside ``lo`` .. ``hi``, do as ``beyond`` says.
"""

WRAP, SATURATE, ZERO = range(3)
SHORT = 16
"""Elements so few that a loop over them costs more than it moves."""


@compiled
def assigned(value, rule):
    """What becomes of one integer; uncompiled (``py_func``), of Python's integers of any size."""
    grow, drop, add, negative, odd, beyond, lo, hi = rule
    value <<= grow
    floor = value >> drop
    rest = value - (floor << drop) + add
    if negative or odd:
        rest += (negative if value < 0 else 0) + (odd & -(floor & 1))
    value = floor + (rest >> drop)
    if beyond == WRAP:
        return ((value - lo) & (hi - lo)) + lo
    if beyond == SATURATE:
        return min(max(value, lo), hi)
    return value if lo <= value <= hi else 0


@compiled
def assign(raw, least, rule, out):
    """Flat arrays: ``out`` = ``raw`` assigned, or ``least`` where it is less."""
    for i in range(len(raw)):
        out[i] = assigned(max(raw[i], least), rule)


@compiled
def assign_doubles(values, scale, rule, out):
    """Flat arrays: ``out`` = doubles assigned. ``scale``, a power of two, brings two bits below the last one left of
    the point; these and one for all others decide every rounding. False where a value is too large, or no number.
    """
    for i in range(len(values)):
        scaled = values[i] * scale
        if not abs(scaled) < 2.0**60:
            return False
        whole = int(scaled)
        rest = values[i] - whole / scale
        out[i] = assigned(2 * whole + (rest > 0) - (rest < 0), rule)
    return True


@compiled
def finish(sums, bias, accum, result, out):
    """Flat arrays: ``out`` = ``sums``, integers or doubles, plus ``bias``, over and over; as an accumulator (lo, hi)
    that wraps has it, then as the result has it.
    """
    (lo, hi), period = accum, len(bias)
    for start in range(0, len(sums), period):
        part, made = sums[start : start + period], out[start : start + period]
        for k in range(len(part)):
            total = int(part[k]) + bias[k]
            made[k] = assigned(((total - lo) & (hi - lo)) + lo, result)


@compiled
def sum_products(x, weights, rule, out):
    """``out`` (rows, n_out) = ``x`` (rows, n_in) times ``weights`` (n_in, n_out), each product assigned."""
    for i in range(x.shape[0]):
        out[i] = 0
        for k in range(x.shape[1]):
            for j in range(weights.shape[1]):
                out[i, j] += assigned(x[i, k] * weights[k, j], rule)


@compiled
def sum_chosen(x, reads, weights, rule, out):
    """``sum_products`` where weight (k, j) multiplies element ``reads[k, j]`` of x (rows, elements)."""
    for i in range(x.shape[0]):
        out[i] = 0
        for k in range(weights.shape[0]):
            for j in range(weights.shape[1]):
                out[i, j] += assigned(x[i, reads[k, j]] * weights[k, j], rule)


@compiled
def sum_truncated(x, weights, scale, out):
    """``sum_products`` on floats that hold integers, where of each product times ``scale`` only the fraction is
    dropped.
    """
    for i in range(x.shape[0]):
        out[i] = 0
        for k in range(x.shape[1]):
            scaled = x[i, k] * scale
            for j in range(weights.shape[1]):
                out[i, j] += np.floor(scaled * weights[k, j])


@compiled
def unfold(x, channels, stride, pad, image, out):
    """``out`` (frames, out rows, out columns, kernel rows, kernel columns * channels): every window of ``x`` (frames,
    rows, columns * channels) in ``image``, which has zeros around it. ``pad``: rows above, columns left.
    """
    (frames, rows, columns, height, size), step = out.shape, stride[1] * channels
    for n in range(frames):
        for row in range(x.shape[1]):
            line = image[pad[0] + row, pad[1] * channels :]
            for k in range(x.shape[2]):
                line[k] = x[n, row, k]
        for i in range(rows):
            for u in range(height):
                line = image[i * stride[0] + u]
                if size < SHORT:
                    for k in range(size):
                        for j in range(columns):
                            out[n, i, j, u, k] = line[j * step + k]
                else:
                    for j in range(columns):
                        for k in range(size):
                            out[n, i, j, u, k] = line[j * step + k]


@compiled
def pool(x, kernel, stride, pad, mean, accum, result, line, out):
    """``out`` (frames, out rows, out columns, channels): of each window of ``x`` (frames, rows, columns * channels) the
    largest element, or with ``mean`` their mean. What lies outside does not count. ``pad``: rows above, columns left.

    ``accum``: the sum as the accumulator has it; ``result``: to the result. ``line``: room for a row, of what elements
    or their sums fit in.
    """
    frames, rows, columns, channels = out.shape
    size = x.shape[2]
    made = np.empty(columns * channels, np.int64)
    for n in range(frames):
        for i in range(rows):
            top, bottom = inside(i, kernel[0], stride[0], pad[0], x.shape[1])
            for row in range(top, bottom):
                taken = x[n, row]
                if row == top:
                    for k in range(size):
                        line[k] = taken[k]
                elif mean:
                    for k in range(size):
                        line[k] += taken[k]
                else:
                    for k in range(size):
                        line[k] = max(line[k], taken[k])
            for j in range(columns):
                left, right = inside(j, kernel[1], stride[1], pad[1], size // channels)
                window, count = made[j * channels : (j + 1) * channels], (bottom - top) * (right - left)
                for c in range(channels):
                    window[c] = line[left * channels + c]
                for column in range(left + 1, right):
                    for c in range(channels):
                        other = line[column * channels + c]
                        window[c] = window[c] + other if mean else max(window[c], other)
                if mean:
                    for c in range(channels):  # ap_fixed / int drops the remainder
                        value = assigned(window[c], accum)
                        window[c] = (abs(value) // count) * (1 if value > 0 else -1)
            final = out[n, i].reshape(-1)
            for k in range(len(made)):
                final[k] = assigned(made[k], result)


@compiled
def inside(number, kernel, stride, pad, size):
    """The first of ``size`` rows or columns that window ``number`` has, and the one behind its last."""
    first = number * stride - pad
    return max(first, 0), min(first + kernel, size)


@compiled
def address(value, span):
    """``trunc(value * top / bottom / 2**fraction) + offset``, a 32-bit integer that wraps, limited to 0 .. ``last``."""
    top, bottom, fraction, offset, last = span
    scaled = abs(value * top)
    if bottom > 1:
        scaled //= bottom
    scaled = scaled >> fraction if fraction > 0 else scaled << -fraction
    index = offset + (scaled if value > 0 else -scaled)
    index = ((index + (1 << 31)) & 0xFFFFFFFF) - (1 << 31)
    return min(max(index, 0), last)


@compiled
def addresses(raw, span, out):
    """Flat arrays: where a table is read."""
    for i in range(len(raw)):
        out[i] = address(raw[i], span)


@compiled
def read(value, accum, table):
    """The entry of a table (entries, span) for a sum; without entries the sum itself above zero (relu)."""
    entries, span = table
    taken = assigned(value, accum)
    return entries[address(taken, span)] if len(entries) else max(taken, 0)


@compiled
def gru_step(wx, uh, h, accum, gate, activation, gated, blend, state, out):
    """``out`` = the h that follows ``h`` (frames, units) for W·x and U·h (frames, 3 units).

    ``gate``, ``activation``: a table's entries and its span. ``gated``: the product with r; ``blend``: one, and the
    shifts of table and h; ``state``: their sum.
    """
    units, (one, table_shift, h_shift) = h.shape[1], blend
    for n in range(len(h)):
        for i in range(units):
            z = read(wx[n, i] + uh[n, i], accum, gate)
            r = read(wx[n, units + i] + uh[n, units + i], accum, gate)
            inner = assigned(r * uh[n, 2 * units + i], gated)
            new = read(wx[n, 2 * units + i] + inner, accum, activation)
            out[n, i] = assigned((new * (one - z) << table_shift) + (h[n, i] * z << h_shift), state)


@compiled
def lstm_step(wx, uh, cell, accum, gate, activation, bent, blend, state, shown, out):
    """``out`` = the h (frames, units) that follows for W·x and U·h (frames, 4 units); ``cell`` becomes the next one.

    ``gate``, ``activation``: a table's entries and its span, ``bent``: the cell's span and, where the table has no
    entries, its cast; ``blend``: the shifts of table and cell; ``state``: their sum; ``shown``: the product that is h.
    """
    units, (table_shift, cell_shift), (span, cast) = cell.shape[1], blend, bent
    for n in range(len(cell)):
        for k in range(units):
            i = read(wx[n, k] + uh[n, k], accum, gate)
            f = read(wx[n, units + k] + uh[n, units + k], accum, gate)
            c = read(wx[n, 2 * units + k] + uh[n, 2 * units + k], accum, activation)
            o = read(wx[n, 3 * units + k] + uh[n, 3 * units + k], accum, gate)
            cell[n, k] = assigned((c * i << table_shift) + (cell[n, k] * f << cell_shift), state)
            kept = cell[n, k]
            made = activation[0][address(kept, span)] if len(activation[0]) else assigned(max(kept, 0), cast)
            out[n, k] = assigned(o * made, shown)
