"""Rollouts to appliances that run the real client (simulated_devices): it, hawkBit and update-rollout must agree in the
end on what each appliance did."""
import json
import subprocess
import threading
from contextlib import contextmanager

from crowd import until
from goosebit import Goosebit
from lab import NEW, OLD, PATIENCE_SECONDS, Lab, TestFleet
from servers import CHECKOUT, GATEWAY_TOKEN, MAX_MEMORY_MIB

BUILDS = ("sanitize", "quick")


class Clients:
    """What the program says of each appliance."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        self.phase: dict[str, int] = {}                    # that an appliance is in; 0: idle
        self.version: dict[str, str] = {}
        self.ended: dict[str, list[str]] = {}              # how its jobs ended
        self.problems: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(60)
        self._reader.join()
        assert self._process.returncode == 0, f"simulated_devices ended with {self._process.returncode}"
        assert not self.problems, self.problems[:5]

    def _read(self) -> None:
        for line in self._process.stdout:
            event = json.loads(line)
            if event["event"] == "problem":
                self.problems.append(event["text"])
            if event["event"] not in ("phase", "idle"):
                continue
            name = event["device"]
            self.version[name], self.phase[name] = event["version"], event["phase"] if event["event"] == "phase" else 0
            if event["event"] == "idle" and event["last"]:
                self.ended.setdefault(name, []).append(event["last"])


@contextmanager
def clients(lab: Lab, fleet: TestFleet, *words: str):
    with clients_of(lab.server.url, len(fleet.devices), fleet.prefix + "dev", *words) as found:
        yield found


@contextmanager
def clients_of(url: str, count: int, prefix: str, *words: str):
    built = [path for path in (CHECKOUT / ".build" / build / "bin" / "simulated_devices" for build in BUILDS) if path.exists()]
    assert built, "simulated_devices is not built: cmake --build .build/sanitize --target simulated_devices"
    process = subprocess.Popen([built[0], "--server", url, "--gateway-token", GATEWAY_TOKEN, "--versions", OLD,
                                "--count", str(count), "--prefix", prefix, "--product", "mail-appliance", "--min-poll", "1", *words],
                               stdout=subprocess.PIPE, text=True)
    found = Clients(process)
    try:
        yield found
    finally:
        found.close()


def numbered_fleet(lab: Lab, *sizes: int) -> TestFleet:
    return lab.fleet(*sizes, name_of=lambda prefix, number: f"{prefix}dev{number:04}")


def compare(fleet: TestFleet, found: Clients) -> None:
    """What hawkBit shows is what the appliance did."""
    wrong = []
    for name, action in fleet.actions().items():
        wanted = {"finished": (["succeeded"], NEW), "error": (["rolled-back"], OLD), "canceled": (["cancelled"], OLD)}.get(
            action["status"], ([], OLD))
        if (found.ended.get(name, []), found.version.get(name, OLD)) != wanted:
            wrong.append(f"{name}: hawkBit shows '{action['status']}', it ended {found.ended.get(name)} with {found.version.get(name)}")
    assert not wrong, wrong[:5]


def set_polling(lab: Lab, interval: str) -> None:
    lab.management.put("/system/configs/pollingTime", {"value": interval})


def three_groups_of_500_real_clients_that_restart_before_everything_they_do(lab: Lab) -> None:
    set_polling(lab, "00:00:10")
    fleet = numbered_fleet(lab, 50, 150, 300)
    fleet.create("--canary", "0", "--success", "75")
    with clients(lab, fleet, "--fail-share", "0.05", "--seconds-per-phase", "0.1", "--restarts") as found:
        assert fleet.begun(fleet.start()) == ["A"]
        fleet.until("waiting", open=0)
        assert fleet.begun(fleet.next()) == ["A"], "B began on the same day"
        assert fleet.begun(fleet.next(days_later=1)) == ["A", "B"]
        until(lambda: fleet.next("status")["groups"][1]["succeeded"] > 5, PATIENCE_SECONDS, "some of B")
        lab.server.kill()
        lab.server.start()
        fleet.until("waiting", open=0)
        assert fleet.begun(fleet.next(days_later=1)) == ["A", "B", "C"]
        report = fleet.until("finished", days_later=2, open=0)
        versions = lab.call("versions")[1]["versions"]
    compare(fleet, found)
    assert sum(group["failed"] for group in report["groups"]) > 5, report["groups"]
    running = list(found.version.values())
    assert running.count(NEW) == sum(group["succeeded"] for group in report["groups"]), report["groups"]
    assert versions[NEW]["say"] >= running.count(NEW), versions
    assert lab.server.memory_mib() < MAX_MEMORY_MIB, f"the server took {lab.server.memory_mib()} MiB"


def a_group_of_real_clients_that_roll_back_stops_the_rollout(lab: Lab) -> None:
    set_polling(lab, "00:00:01")
    fleet = numbered_fleet(lab, 5, 5)
    fleet.create("--canary", "1")
    with clients(lab, fleet, "--fail-share", "1", "--seconds-per-phase", "0.1") as found:
        fleet.start()
        report = fleet.until("halted", failed=1, succeeded=0)
        assert len(fleet.begun(fleet.next(days_later=1))) == 1
    assert report["failures"][0]["said"], report["failures"]
    compare(fleet, found)


def a_real_client_agrees_to_a_cancel_before_the_switch_and_not_after_it(lab: Lab) -> None:
    set_polling(lab, "00:00:01")
    fleet = numbered_fleet(lab, 2)
    fleet.create("--canary", "0")
    early, late = fleet.devices.values()
    with clients(lab, fleet, "--seconds-per-phase", "3") as found:
        fleet.start()
        until(lambda: found.phase.get(early.name) in (1, 2), PATIENCE_SECONDS, "an early phase")
        fleet.cancel(early)
        until(lambda: found.phase.get(late.name, 0) >= 4, PATIENCE_SECONDS, "a late phase")
        fleet.cancel(late)
        fleet.until("halted", succeeded=1, cancelled=1)
    compare(fleet, found)


def real_clients_without_a_valid_token_change_nothing_until_they_have_one(lab: Lab) -> None:
    set_polling(lab, "00:00:01")
    fleet = numbered_fleet(lab, 3)
    fleet.create("--canary", "0")
    lab.management.put("/system/configs/authentication.gatewaytoken.key", {"value": "another-gateway-token"})
    try:
        with clients(lab, fleet, "--seconds-per-phase", "0.1") as found:
            fleet.start()
            until(lambda: len(found.version) == 3, PATIENCE_SECONDS, "the clients at work")
            assert fleet.next()["groups"][0]["open"] == 3 and set(found.version.values()) == {OLD}
        assert not found.ended
    finally:
        lab.management.put("/system/configs/authentication.gatewaytoken.key", {"value": GATEWAY_TOKEN})
    with clients(lab, fleet, "--seconds-per-phase", "0.1") as found:        # a client that runs on asks again much later
        fleet.until("finished", succeeded=3)
    compare(fleet, found)


def a_real_client_that_asks_for_confirmation_installs_nothing_before_it(lab: Lab) -> None:
    set_polling(lab, "00:00:01")
    lab.management.put("/system/configs/user.confirmation.flow.enabled", {"value": True})
    fleet = numbered_fleet(lab, 1)
    fleet.create("--canary", "0", "--confirm")
    device, = fleet.devices.values()
    with clients(lab, fleet, "--seconds-per-phase", "0.1", "--confirm", "ask") as found:
        fleet.start()
        until(lambda: device.name in found.version, PATIENCE_SECONDS, "the client at work")
        device.confirm(device.poll(), agree=False, why="not on a Tuesday")
        fleet.until("waiting", open=1, succeeded=0)
        assert found.version[device.name] == OLD and not found.ended
        device.confirm(device.poll(), agree=True)
        fleet.until("finished", succeeded=1)
    compare(fleet, found)


def real_clients_of_goosebit_report_what_they_did(lab: Lab) -> None:
    server = Goosebit(lab.folder)
    try:
        server.start()
        software = server.offer(NEW)
        for prefix, share, state, version in (("good", "0", "Finished", NEW), ("bad", "1", "Error", OLD)):
            name = f"{prefix}0001"
            with clients_of(server.url, 1, prefix, "--fail-share", share, "--seconds-per-phase", "0.1") as found:
                until(lambda: name in server.devices() and server.devices()[name]["last_state"] != "Unknown",
                      PATIENCE_SECONDS, f"{name} registered")
                server.give(name, software)
                until(lambda: server.devices()[name]["last_state"] == state, PATIENCE_SECONDS, f"{name} {state}")
            assert found.version[name] == version, found.version
            assert found.ended[name] == ["succeeded" if version == NEW else "rolled-back"], found.ended
    finally:
        server.stop()
