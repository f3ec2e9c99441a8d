"""Ending when the supervisor ends, however it ends."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from typing import Final

# The supervisor's number, handed to its children in the environment.
SUPERVISOR: Final = "BEVAN_SUPERVISOR"
_PR_SET_PDEATHSIG: Final = 1


def die_with_supervisor() -> None:
    """Have the kernel kill this process when the supervisor is gone; at once if it is already.

    Nothing is lost by it: what was answered was committed before.
    """
    expected = os.environ.get(SUPERVISOR)
    if expected is None or sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != int(expected):
        sys.exit(1)
