"""The command line: what a user types, sees, and is told where it goes wrong."""

from __future__ import annotations

from accel.cli.app import main, run

__all__ = ["main", "run"]
