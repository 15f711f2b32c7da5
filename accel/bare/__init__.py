"""The network as plain C++ to read: no library, a function a layer, the same integers (`accel c`)."""
