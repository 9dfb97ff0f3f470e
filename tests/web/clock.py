"""Time that passes only when a test, or what it tests, says so."""


class Clock:
    """Called, it gives the seconds; awaited through ``sleep``, it moves on at once and keeps what was slept."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds
