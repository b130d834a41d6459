"""What holds for every test: generated examples are the same in every run, and as slow as they like.

A verdict must not hang on luck or on how busy the machine is; `make nightly` draws other examples each time.
"""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("churnsim", deadline=None, derandomize=True)
settings.load_profile("churnsim")
