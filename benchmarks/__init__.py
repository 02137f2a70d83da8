"""Paired measurements: ratios of interleaved runs on the same machine. `python -m benchmarks cold`."""
