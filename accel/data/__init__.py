"""Data sets, audio features, stimulus and training: all that feeds the networks of `models/`."""
