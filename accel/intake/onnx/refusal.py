"""How a node says that it cannot be read."""

from __future__ import annotations


class Unreadable(Exception):  # collected, so that all nodes are told at once
    """Why, in words: what came, and what was expected."""
