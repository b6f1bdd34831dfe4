"""Waits for a condition, up to a time limit."""
import time

# Other work may run at the same time: the limits are for machines that hang, not for slow ones.
PATIENCE = 10.0


class TookTooLong(Exception):
    pass


def wait_until(condition, what: str, seconds: float, every: float = 0.5):
    """The first true value of condition(); TookTooLong with `what` if there is none in time."""
    begin = time.monotonic()
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() - begin > seconds:
            raise TookTooLong(f"did not happen within {seconds:.0f} s: {what}")
        time.sleep(every)
