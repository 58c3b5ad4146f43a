"""Leaving a server alone for a while after it failed, so that one that hangs costs one wait and not one a call."""

import time


class Pause:
    """Kept by whoever calls the server, once a process; time of the machine, not of the house."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until = 0.0

    def is_on(self) -> bool:
        """Whether the server is to be left alone still."""
        return time.monotonic() < self._until

    def begin(self) -> None:
        """Leave it alone from now on."""
        self._until = time.monotonic() + self.seconds

    def end(self) -> None:
        """Ask it again."""
        self._until = 0.0
