"""What holds for every test: generated examples are the same in every run, and as slow as they like.

A verdict must not hang on luck or on how busy the machine is; `make nightly` draws other examples each time.
"""

from __future__ import annotations

import signal

from hypothesis import settings

# Who runs tests in the background may ignore Ctrl-C, and so would every command that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("churnsim", deadline=None, derandomize=True)
settings.load_profile("churnsim")
