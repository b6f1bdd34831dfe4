"""Many appliances at once. Some fail, some are restarted in the middle; the same seed gives the same. Those that have
nothing to do poll seldom."""
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from ddi import Device, Gone, Unauthorized

THREADS = 6
IDLE_SECONDS = 60                      # between two polls of an appliance that nothing is known to wait for
RESTARTS = ("before the order is taken", "after download", "after downloaded", "after the switch", "before the report")


class Crowd:
    """Polls in the background until it is closed."""

    def __init__(self, devices: list[Device], failing=frozenset(), restarts: dict | None = None, restart_share: float = 0,
                 seed: int = 1):
        chance = random.Random(seed)
        self._failing = failing
        self._restarts = {device.name: chance.choice(RESTARTS) if chance.random() < restart_share else None for device in devices}
        self._restarts.update(restarts or {})
        self._next_poll = {device.name: time.monotonic() + chance.uniform(0, IDLE_SECONDS) for device in devices}
        self.restarted: list[str] = []
        self._halt = threading.Event()
        self.errors: list[str] = []
        self._pool = ThreadPoolExecutor(THREADS)
        self._loops = [self._pool.submit(self._loop, devices[number::THREADS]) for number in range(THREADS)]

    def close(self) -> None:
        self._halt.set()
        self._pool.shutdown()
        if self.errors:
            raise AssertionError(f"appliances met: {self.errors[:5]}")

    def wake(self, devices: list[Device]) -> None:
        """These poll now: their group has begun."""
        for device in devices:
            self._next_poll[device.name] = 0.0

    def _loop(self, devices: list[Device]) -> None:
        while not self._halt.is_set():
            for device in devices:
                if self._halt.is_set():
                    return
                if time.monotonic() < self._next_poll[device.name]:
                    continue
                try:
                    if self._step(device):
                        self._next_poll[device.name] = time.monotonic() + IDLE_SECONDS
                except (Gone, Unauthorized, OSError):
                    pass                                   # as the client: asks again at its next poll
                except Exception as error:  # pylint: disable=broad-except
                    self.errors.append(f"{device.name}: {error!r}")
            self._halt.wait(0.05)

    def _step(self, device: Device) -> bool:
        """One poll and what follows; whether there was nothing to do. A restart forgets what is not on the disk, and the
        next poll begins again."""
        links = device.poll()
        if "cancelAction" in links:
            device.cancel(links, agree="switched" not in device.events)
            return False
        if not device.accept(links):
            return True
        self._install(device)
        return False

    def _install(self, device: Device) -> None:
        if self._restarted(device, 0):
            return
        for number, execution in enumerate(("download", "downloaded"), start=1):
            device.report(execution)
            if self._restarted(device, number):
                return
        if device.name in self._failing:
            device.fail(device.version, "phase 10: the health gate refused: no mail passed")
            return
        if device.version != device.wanted:
            device.switch()
        if not self._restarted(device, 3) and not self._restarted(device, 4):
            device.succeed()

    def _restarted(self, device: Device, step: int) -> bool:
        if self._restarts[device.name] != RESTARTS[step]:
            return False
        self._restarts[device.name] = None
        self.restarted.append(device.name)
        return True


def until(condition, seconds: float, what: str):
    """Waits for a condition, and gives what it gave."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not seen within {seconds} seconds: {what}")
        time.sleep(0.1)
