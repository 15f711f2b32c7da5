"""What a design looks like inside when nothing moves any more."""

from __future__ import annotations

from collections.abc import Iterable


def handshake(number: int) -> tuple[str, str]:
    """The signals of a stream inside: valid and ready."""
    return f"s{number}_valid", f"s{number}_ready"


def told(flags: Iterable[tuple[str, str, str]]) -> str:
    """Every stream's state in words.

    Args:
        flags: of each stream who makes it, and valid and ready as the simulator writes them (0, 1, x or z).
    """
    words = {"11": "moves", "10": "waits to be taken", "01": "has nothing to send", "00": "has nothing, is not taken"}
    return "; ".join(
        f"{name} {words.get(valid + ready, f'valid {valid} ready {ready}')}" for name, valid, ready in flags
    )
