"""The same registered backend as in tests/hls."""

from __future__ import annotations

from tests.hls.conftest import backend  # noqa: F401
