"""The simulator side: cocotb tests that run on any RTL folder with AXI4-Stream ports."""
