"""The whole path, one file a command: a model's file to an HLS project, C simulation, RTL, co-simulation, report."""
