"""Writes `docs/layers.md`: `python -m tests.layers`."""

from __future__ import annotations

from tests.layers.document import DOCUMENT, text

if __name__ == "__main__":
    DOCUMENT.write_text(text())
