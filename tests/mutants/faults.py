"""The list of mutants."""

from __future__ import annotations

from tests.mutants.activations import ACTIVATIONS
from tests.mutants.datapath import DATAPATH
from tests.mutants.joins import JOINS
from tests.mutants.recurrent import RECURRENT
from tests.mutants.streams import STREAMS
from tests.mutants.windows import WINDOWS

MUTANTS = (*DATAPATH, *STREAMS, *WINDOWS, *ACTIVATIONS, *JOINS, *RECURRENT)
