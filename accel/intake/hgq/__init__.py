"""Models of HGQ2, which are Keras 3's, read with the package hgq2: `lanes` has its quantisers of what layers read and
put out, `layers` its layers, `reading` the models. `proxy` reads what HGQ 1 wrote for hls4ml.
"""
