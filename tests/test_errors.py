"""What others' errors say in our lines."""

from __future__ import annotations

from accel import errors


def test_a_message_is_one_line_and_whole() -> None:
    text = "Node (the_a):\n  " + "x" * 700 + "\nShapes (1, 3) and (4, 5) do not match."
    assert errors.in_line(ValueError(text)) == f"Node (the_a): {'x' * 700} Shapes (1, 3) and (4, 5) do not match."


def test_a_very_long_one_keeps_both_ends() -> None:
    made = errors.in_line(ValueError("Node (the_a): " + "x" * 10_000 + " do not match."))
    assert made.startswith("Node (the_a): xxx") and made.endswith("xxx do not match.") and len(made) < 900
