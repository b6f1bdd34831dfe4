"""Waiting for a condition with a time limit. Never sleeps longer than the condition needs."""
import time

# Other work runs beside the tests: limits are for machines that never get there, not for slow ones.
PATIENCE = 10.0


class TookTooLong(Exception):
    pass


def wait_until(condition, what: str, seconds: float, every: float = 0.5):
    """The first true value of condition(); TookTooLong says what did not happen."""
    begin = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() - begin > seconds:
            raise TookTooLong(f"did not happen within {seconds:.0f} s: {what}")
        time.sleep(every)
