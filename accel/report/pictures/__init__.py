"""The pictures of a report, each a function of it."""

from __future__ import annotations

from accel.page.drawing import Picture
from accel.report.facts import Report
from accel.report.pictures.difference import around
from accel.report.pictures.network import network
from accel.report.pictures.numbers import errors, types
from accel.report.pictures.outcome import confusion
from accel.report.pictures.use import resources, timeline

AROUND = Picture("difference", "Where it first differs", around, lambda r: bool(r.mismatch and r.mismatch.around))
NETWORK = Picture("network", "The network", network, lambda r: bool(r.edges))
TIMELINE = Picture("timeline", "A frame in time", timeline, lambda r: r.timeline is not None)
RESOURCES = Picture("resources", "What it takes of the part", resources, lambda r: bool(r.resources))
TYPES = Picture("types", "Types and ranges", types, lambda r: bool(r.evidence and r.evidence.tensors))
ERRORS = Picture("errors", "Errors of each layer", errors, lambda r: bool(r.evidence and r.evidence.errors))
CONFUSION = Picture("confusion", "Decisions", confusion, lambda r: bool(r.evidence and r.evidence.confusion))

PICTURES: tuple[Picture[Report], ...] = (AROUND, NETWORK, TIMELINE, RESOURCES, TYPES, ERRORS, CONFUSION)
