"""A clock that stands still until it is told otherwise."""


class Clock:
    """Seconds since the epoch, for what is asked for a clock; `sleep` only moves its hands."""

    def __init__(self, now=1_800_000_000.0):
        self.now = now

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds
