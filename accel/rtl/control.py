"""The control of stream modules as compiled functions: one clock edge of all of them, and of each kind.

They are called by ``rtl/circuit.py``, which says what the arrays are.
"""

from __future__ import annotations

import numpy as np

from accel.compiled import compiled, inlined

SEQUENCER, FIFO, SPLITTER, WINDOWER, RECURRENCE, SHUFFLER, APPENDER, REPEATER, SHAPER = range(9)
"""Kinds of units."""

KIND, MARKS, FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, EDGE, OTHER = range(10)
"""A row of the compiled units: kind, where its marks begin (-1: none), its parameters, the edges that it reads by (the
second one -1: none).
"""

MOVING, FOREVER = -1, 1 << 40


@compiled
def frame_ends(
    units, marks, streams, spans, outs, state, still, done, takes, valid, ready, to_send, beats_out, ends, due, pace
):
    """Fill ``ends`` (outputs, frames); how many frames ended once all did, one is later than it is ``due``, or nothing
    changes any more. ``pace``: whether a next beat is on offer, and whether windows without a pixel are flushed, only
    then instead of always.
    """
    slowly, lazily = pace
    received, taken = np.zeros_like(beats_out), np.ones(len(outs), np.bool_)
    clock, delivered, first, offers, flushes = 0, 0, -1, True, not lazily
    while delivered < ends.shape[1] and clock - max(first, 0) <= due[delivered]:
        for k in range(len(to_send)):
            valid[k] = to_send[k] > 0 and (valid[k] or offers)
        for k in range(len(outs)):
            if valid[streams[outs[k]]] and not done[outs[k]]:
                frame = received[k] // beats_out[k]
                received[k] += 1
                if frame < ends.shape[1]:
                    ends[k, frame] = clock
        delivered = min((received // beats_out).min(), ends.shape[1])
        moved = cycle(units, marks, streams, spans, outs, state, still, done, takes, valid, ready, taken, flushes)
        clock += 1
        for k in range(len(to_send)):
            if valid[k] and ready[k]:
                valid[k] = False
                to_send[k] -= 1
                first = clock - 1 if first < 0 else first
        idle = 0 if moved else _idle(units, state, still, valid)
        rests = idle == FOREVER
        if rests and offers and flushes:
            break
        if rests and not flushes:
            still[units[:, KIND] == WINDOWER] = MOVING
        offers, flushes = rests or not slowly, rests or not lazily
        if 0 < idle < FOREVER:
            clock += idle
            state[still == MOVING, 0] += idle
    ends -= max(first, 0)
    return delivered


@compiled
def _idle(units, state, still, valid):
    """For how many cycles units will only count, after one without a transfer; where nothing changes, `FOREVER`."""
    idle, inputs = FOREVER, len(valid) - len(units)
    for i in range(len(units)):
        if still[i] != MOVING:
            continue
        kind, cycle, last = units[i, KIND], state[i, 0], units[i, FIRST] - 1
        if kind == SEQUENCER and state[i, 2] == 0:
            left = (-1 - cycle) % units[i, FOURTH]  # a share ends then
        elif kind == RECURRENCE and not valid[inputs + i]:
            first, fold, rounds = units[i, FOURTH], units[i, FIFTH], units[i, SIXTH]
            takes = max(first, cycle + (first - cycle) % fold)
            left = (min(takes, last) if takes < first + fold * rounds else last) - cycle
        else:
            return 0
        idle = min(idle, left)
    return idle


@compiled
def cycle(units, marks, streams, spans, outs, state, still, done, takes, valid, ready, taken, flushes):
    """Ready of all streams in this cycle and the next clock edge; whether a beat was transferred. ``flushes``: whether
    windows that wait for a next frame shift.

    Edge e is a reader of ``streams[e]``, and a stream's edges are ``spans[stream]`` up to the next one's: whether it
    ``takes`` a beat, and is ``done`` with the one on offer. Who reads a stream steps before who makes it, so that it
    sees valid as it was before the edge. A unit that an edge left as it was is ``still`` until other flags reach it.
    """
    inputs, moved = len(valid) - len(units), False
    for k in range(len(outs)):
        takes[outs[k]] = taken[k]
    for stream in range(len(valid) - 1, -1, -1):
        first, end = spans[stream], spans[stream + 1]
        all_take = True
        for edge in range(first, end):
            moved |= valid[stream] and takes[edge] and not done[edge]
            all_take &= takes[edge] or done[edge]
        ready[stream] = all_take
        if end - first > 1:
            for edge in range(first, end):
                done[edge] = valid[stream] and not all_take and (takes[edge] or done[edge])
        i = stream - inputs
        if i < 0:
            continue
        edge, second = units[i, EDGE], units[i, OTHER]
        offered = valid[streams[edge]] and not done[edge]
        other = second < 0 or (valid[streams[second]] and not done[second])
        flags = 4 * other + 2 * offered + all_take
        if still[i] == flags:
            continue
        kept = valid[stream], state[i, 0], state[i, 1], state[i, 2]
        takes_first, takes_other, made = _after(units, i, marks, kept, offered, other, all_take, flushes)
        takes[edge] = takes_first
        if second >= 0:
            takes[second] = takes_other
        valid[stream], state[i, 0], state[i, 1], state[i, 2] = made
        still[i] = flags if made == kept else MOVING
    return moved


@inlined
def _after(units, i, marks, kept, offered, other, taken, flushes):
    """Whether unit i is ready at each of its two inputs in this cycle, and its registers after the clock edge.

    ``offered`` and ``other``: whether a beat is on offer there; at the second always, where there is none.
    """
    kind, marked = units[i, KIND], units[i, MARKS]
    first, second, third = units[i, FIRST], units[i, SECOND], units[i, THIRD]
    if kind == APPENDER:
        at_second = kept[1] >= first
        ready, valid, a, b, c = _appender(first + second, kept, other if at_second else offered, taken)
        return ready and not at_second, ready and at_second, (valid, a, b, c)
    both = offered and other
    if kind == SEQUENCER:
        ready, valid, a, b, c = _sequencer(first, second, third, units[i, FOURTH], marks, marked, kept, both, taken)
    elif kind == FIFO:
        ready, valid, a, b, c = _fifo(first, kept, both, taken)
    elif kind == SPLITTER:
        ready, valid, a, b, c = _splitter(first, kept, both, taken)
    elif kind == WINDOWER:
        ready, valid, a, b, c = _windower(first, second, marks, marked, kept, both, taken, flushes)
    elif kind == SHUFFLER:
        ready, valid, a, b, c = _shuffler(first, second, kept, both, taken)
    elif kind == SHAPER:
        ready, valid, a, b, c = _shaper(first, marks, marked, kept, both, taken)
    elif kind == REPEATER:
        ready, valid, a, b, c = _repeater(first, second, kept, both, taken)
    else:
        entering = units[i, FOURTH], units[i, FIFTH], units[i, SIXTH]
        ready, valid, a, b, c = _recurrence(first, second, third, entering, kept, both, taken)
    return ready and other, ready and offered, (valid, a, b, c)


# Each kind below takes its parameters, the registers it keeps, the first of them valid, whether a beat is offered to it
# and its own is taken; it gives ready in this cycle, and the registers after the clock edge.


@inlined
def _sequencer(cycles, beats, depth, share, marks, marked, kept, offered, taken):
    """Keeps the cycle of the beat, the beat of the frame, and what is in the pipeline, a bit a stage."""
    valid, cycle, beat, pipe = kept
    last = cycle == cycles - 1
    if valid and not taken:
        return False, valid, cycle, beat, pipe
    done = False
    if offered:
        ends = beat == beats - 1
        if (cycle + 1) % share == 0:
            done = ends if marked < 0 else marks[marked + beat] == 1
        if last:
            beat = 0 if ends else beat + 1
        cycle = 0 if last else cycle + 1
    pipe = (pipe << 1 | done) & ((1 << depth) - 1)
    return last, pipe >> (depth - 1) == 1, cycle, beat, pipe


@inlined
def _fifo(words, kept, offered, taken):
    """Keeps the beats that wait behind the one on offer; and, for who chooses its size, the most that ever did."""
    valid, waiting, most, _ = kept
    ready = waiting < words
    push = offered and ready
    if valid and not taken:
        waiting += push
    elif waiting:
        waiting += push - 1
    else:
        valid = push
    return ready, valid, waiting, max(most, waiting), 0


@inlined
def _splitter(split, kept, offered, taken):
    """Keeps which part is on offer."""
    valid, part, _, _ = kept
    last = part == split - 1
    ready = not valid or (taken and last)
    if valid and taken:
        part = 0 if last else part + 1
    return ready, offered if ready else valid, part, 0, 0


@inlined
def _shuffler(beats, banks, kept, offered, taken):
    """Keeps the beat of the frame that comes in, how many are left to go out, and, of two banks, the read register."""
    valid, beat, left, read = kept
    moves = not valid or taken
    reads = left > 0 and moves
    ready = left <= beats if banks == 2 else left == 0 or beat + left < beats + reads
    if moves:
        valid, read = (read == 1, int(reads)) if banks == 2 else (reads, 0)
    left -= reads
    if offered and ready:
        beat += 1
        if beat == beats:
            beat, left = 0, left + beats
    return ready, valid, beat, left, read


@inlined
def _windower(pixels, lag, marks, marked, kept, offered, taken, flushes):
    """Keeps the pixel to come, the pixels until the first window ends, and which one's window is on offer (0: none)."""
    valid, pixel, lead, anchor = kept
    if valid and not taken:
        return False, valid, pixel, lead, anchor
    if not offered and (pixel or not anchor or not flushes):
        return True, False, pixel, lead, anchor
    starts = offered and pixel == 0
    if offered:
        pixel = 0 if pixel == pixels - 1 else pixel + 1
    begins = starts if lag == 0 else lead == 1
    lead = lag if starts else max(lead - 1, 0)
    if begins:
        anchor = 1
    elif anchor:
        anchor = 0 if anchor == pixels else anchor + 1
    return True, anchor > 0 and marks[marked + anchor - 1] == 1, pixel, lead, anchor


@inlined
def _recurrence(cycles, steps, every, entering, kept, offered, taken):
    """Keeps the cycle of the time step and the step of the frame."""
    (valid, cycle, step, _), (first, fold, rounds) = kept, entering
    ready = 0 <= cycle - first < fold * rounds and (cycle - first) % fold == 0
    last = cycle == cycles - 1
    ends = last and step == steps - 1
    emits = ends or (last and every == 1)
    waits = valid and not taken
    if (ready and not offered) or (emits and waits):
        return ready, waits, cycle, step, 0
    if last:
        step = 0 if ends else step + 1
    cycle = 0 if last else cycle + 1
    return ready, emits or waits, cycle, step, 0


@inlined
def _appender(beats, kept, offered, taken):
    """Keeps the beat to come."""
    valid, beat, _, _ = kept
    if valid and not taken:
        return False, valid, beat, 0, 0
    if offered:
        beat = 0 if beat == beats - 1 else beat + 1
    return True, offered, beat, 0, 0


@inlined
def _shaper(beats, marks, marked, kept, offered, taken):
    """Keeps the output beat to come."""
    valid, beat, _, _ = kept
    if valid and not taken:
        return False, valid, beat, 0, 0
    step = marks[marked + beat]
    made = offered or step == 0
    if made:
        beat = 0 if beat == beats - 1 else beat + 1
    return step == 3, made, beat, 0, 0


@inlined
def _repeater(words, times, kept, offered, taken):
    """Keeps the word and the repetition to come."""
    valid, word, time, _ = kept
    ready = time == 0
    if valid and not taken:
        return False, valid, word, time, 0
    if ready and not offered:
        return True, False, word, time, 0
    ends = word == words - 1
    word = 0 if ends else word + 1
    if ends:
        time = 0 if time == times - 1 else time + 1
    return ready, True, word, time, 0
