"""What users bring, read and brought into a form that can be converted: one flat network of layers hls4ml knows."""
