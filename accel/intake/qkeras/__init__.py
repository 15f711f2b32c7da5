"""Models of QKeras read from their files, without QKeras, which needs Keras 2.

`quantisers` and `activations` have its formulas, `layers` its layers; `reading` puts Keras' layers into their places.
"""
