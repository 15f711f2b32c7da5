"""Folders with fixed names."""

from __future__ import annotations

from pathlib import Path

PROJECTS = Path("hls_projects")
"""Where designs are written: a folder each."""
