"""accel: trained Keras networks to verified, bit-exact FPGA hardware."""

from __future__ import annotations

__version__ = "0.1.0"
