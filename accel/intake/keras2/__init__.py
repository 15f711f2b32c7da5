"""Models of Keras 1 and 2, translated to Keras 3 in memory: their configuration, then their weights.

`layers` translates the settings of a layer, `model` builds the graph of them, `weights` fills it.
"""
