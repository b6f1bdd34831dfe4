"""Rollouts with a server: what begins, what doesn't, and whether hawkBit shows what the appliances did."""
from crowd import RESTARTS, until
from ddi import Gone, Unauthorized
from lab import NEW, OLD, PATIENCE_SECONDS, Lab, Trap
from servers import GATEWAY_TOKEN, MAX_MEMORY_MIB


def three_groups_reach_500_appliances_one_a_day_over_restarts(lab: Lab) -> None:
    fleet = lab.fleet(50, 150, 300)
    fleet.use_gateway_token()
    fleet.create("--canary", "0", "--success", "95")
    failing = {f"{fleet.groups[0]}-001", *(f"{fleet.groups[1]}-00{number}" for number in range(5)), f"{fleet.groups[2]}-299"}
    with fleet.crowd(failing=failing, restart_share=0.2) as crowd:
        assert fleet.begun(fleet.start()) == ["A"]
        fleet.until("waiting", succeeded=49, failed=1)
        assert fleet.begun(fleet.next()) == ["A"], "B began on the same day"
        assert fleet.begun(fleet.next(days_later=1)) == ["A", "B"]
        until(lambda: fleet.next("status")["groups"][1]["succeeded"] > 20, PATIENCE_SECONDS, "some of B")
        lab.server.kill()
        lab.server.start()
        fleet.until("waiting", succeeded=49 + 145, failed=6)
        assert fleet.begun(fleet.next(days_later=1)) == ["A", "B", "C"]
        report = fleet.until("finished", days_later=2, succeeded=493, failed=7)
    assert len(crowd.restarted) > 60, crowd.restarted
    assert report["versions"]["mixed"] and not report["versions"]["too_long"]
    fleet.compare()
    assert lab.server.memory_mib() < MAX_MEMORY_MIB, f"the server took {lab.server.memory_mib()} MiB"


def a_group_that_misses_its_threshold_stops_the_rollout(lab: Lab) -> None:
    fleet = lab.fleet(10, 10)
    fleet.create("--canary", "0", "--success", "80")
    with fleet.crowd(failing={device.name for device in fleet.of_group("A")[:3]}):
        fleet.start()
        report = fleet.until("halted", succeeded=7, failed=3)
        for days in range(1, 4):
            assert fleet.begun(fleet.next(days_later=days)) == ["A"]
        assert len(report["failures"]) == 3 and "no mail passed" in report["failures"][0]["said"], report["failures"]
        assert lab.told.read_text().count(f"rollout {fleet.rollout} halted") == 1
        assert "halted" in fleet.refused("resume")
        fleet.next("resume", "--despite-failures")
        assert fleet.begun(fleet.next(days_later=1)) == ["A", "B"]
        fleet.until("finished", days_later=1, succeeded=17, failed=3)
    fleet.compare()
    assert all(device.version == OLD for device in fleet.of_group("A")[:3])


def failures_after_those_that_were_accepted_halt_the_rollout_again(lab: Lab) -> None:
    fleet = lab.fleet(4, 2)
    fleet.create("--canary", "0", "--success", "100")
    fleet.start()
    first, second, third, fourth = fleet.of_group("A")
    for device in (first, second, third, fourth):
        device.accept(device.poll())
    first.fail(OLD, "no mail passed")
    fleet.until("halted", failed=1)
    assert fleet.next("resume", "--despite-failures")["state"] == "waiting"
    assert fleet.begun(fleet.next(days_later=1)) == ["A"], "B began before the rest of A had ended"
    second.fail(OLD, "no mail passed")
    fleet.until("halted", failed=2)
    assert lab.told.read_text().count(f"rollout {fleet.rollout} halted") == 2
    fleet.next("resume", "--despite-failures")
    third.install()
    fourth.install()
    fleet.until("waiting", succeeded=2, failed=2)
    assert fleet.begun(fleet.next(days_later=1)) == ["A", "B"]


def a_last_group_that_fails_is_announced_though_hawkbit_calls_the_rollout_finished(lab: Lab) -> None:
    fleet = lab.fleet(2)
    fleet.create("--canary", "0", "--success", "50")
    fleet.start()
    first, second = fleet.of_group("A")
    fleet.cancel(first)
    first.cancel(first.poll(), agree=True)
    second.accept(second.poll())
    second.install()
    until(lambda: fleet.next("status")["hawkbit"] == "finished", PATIENCE_SECONDS, "finished by hawkBit")
    assert fleet.next("status")["state"] == "finished"
    fleet = lab.fleet(2)
    fleet.create("--canary", "0", "--success", "100")
    fleet.start()
    fleet.cancel(*fleet.of_group("A"))
    for device in fleet.of_group("A"):
        device.cancel(device.poll(), agree=True)
    until(lambda: fleet.next("status")["hawkbit"] == "finished", PATIENCE_SECONDS, "finished by hawkBit")
    code, document = lab.call("next")
    assert code == 3 and fleet.rollout in [found["rollout"] for found in document["rollouts"]], document
    assert f"rollout {fleet.rollout} halted" in lab.told.read_text()


def canaries_that_fail_spare_the_rest_of_their_group(lab: Lab) -> None:
    fleet = lab.fleet(12)
    fleet.create("--canary", "2")
    with fleet.crowd(failing=set(fleet.devices)):
        fleet.start()
        report = fleet.until("halted", succeeded=0, failed=2)
        assert fleet.begun(fleet.next(days_later=1)) == ["A.canary"], report
    assert sum(bool(device.events) for device in fleet.devices.values()) == 2


def hawkbit_alone_begins_the_next_group_when_all_of_one_were_cancelled(lab: Lab) -> None:
    """The trap that update-rollout is made for. When a newer hawkBit has it no more, this fails: read its notes then."""
    fleet = lab.fleet(2, 2)
    trap = Trap(lab, fleet)
    rollout = trap.create()
    until(lambda: trap.groups(rollout)[0] == "running", PATIENCE_SECONDS, "group A running")
    fleet.cancel(*fleet.of_group("A"))
    for device in fleet.of_group("A"):
        device.cancel(device.poll(), agree=True)
    until(lambda: trap.groups(rollout)[1] == "running", PATIENCE_SECONDS, "group B running")


def cancelled_appliances_count_against_the_group(lab: Lab) -> None:
    fleet = lab.fleet(4, 2)
    fleet.create("--canary", "0", "--success", "75")
    fleet.start()
    first, *others = fleet.of_group("A")
    for device in others[:2]:
        device.accept(device.poll())
        device.install()
    fleet.cancel(first, others[2])
    for device in (first, others[2]):
        device.cancel(device.poll(), agree=True)
    report = fleet.until("halted", succeeded=2, cancelled=2)
    assert fleet.begun(fleet.next(days_later=1)) == ["A"], report
    fleet.compare()


def a_cancel_before_the_switch_is_accepted_and_one_after_it_refused(lab: Lab) -> None:
    fleet = lab.fleet(2)
    fleet.create("--canary", "0")
    fleet.start()
    early, late = fleet.of_group("A")
    for device in (early, late):
        device.accept(device.poll())
        device.report("downloaded")
    late.switch()
    fleet.cancel(early, late)
    early.cancel(early.poll(), agree=True)
    late.cancel(late.poll(), agree=False)
    assert fleet.action_of(early) == "canceled"
    assert fleet.action_of(late) not in ("canceled", "finished", "error"), fleet.action_of(late)
    late.succeed()
    fleet.until("halted", succeeded=1, cancelled=1)
    assert "deploymentBase" not in early.poll() and early.version == OLD and late.version == NEW
    fleet.compare()


def a_revoked_token_reports_nothing_and_a_new_one_goes_on(lab: Lab) -> None:
    fleet = lab.fleet(2)
    fleet.create("--canary", "0")
    fleet.start()
    revoked, other = fleet.of_group("A")
    for device in (revoked, other):
        device.accept(device.poll())
        device.report("download")
    lab.management.put(f"/targets/{revoked.name}", {"controllerId": revoked.name, "name": revoked.name, "securityToken": "another"})
    for attempt in (revoked.poll, lambda: revoked.report("closed", "success")):
        try:
            attempt()
        except Unauthorized:
            continue
        raise AssertionError("the server still listens to the old token")
    other.install()
    fleet.until("waiting", succeeded=1, open=1)
    revoked.token = "TargetToken another"
    assert revoked.accept(revoked.poll())
    revoked.install()
    fleet.until("finished", succeeded=2)
    fleet.compare()


def a_gateway_token_can_be_replaced_while_a_group_is_under_way(lab: Lab) -> None:
    fleet = lab.fleet(3)
    fleet.use_gateway_token()
    fleet.create("--canary", "0")
    fleet.start()
    lab.management.put("/system/configs/authentication.gatewaytoken.key", {"value": "another-gateway-token"})
    try:
        with fleet.crowd():
            until(lambda: fleet.next()["groups"][0]["open"] == 3, 1, "nothing reported")
            for device in fleet.devices.values():
                device.token = "GatewayToken another-gateway-token"
            fleet.until("finished", succeeded=3)
    finally:
        lab.management.put("/system/configs/authentication.gatewaytoken.key", {"value": GATEWAY_TOKEN})
    fleet.compare()


def a_denied_confirmation_installs_nothing_and_is_no_success(lab: Lab) -> None:
    lab.management.put("/system/configs/user.confirmation.flow.enabled", {"value": True})
    fleet = lab.fleet(2)
    fleet.create("--canary", "0", "--confirm")
    fleet.start()
    willing, unwilling = fleet.of_group("A")
    for device in (willing, unwilling):
        links = device.poll()
        assert "deploymentBase" not in links and "confirmationBase" in links, links
        device.confirm(links, agree=device is willing, why="not on a Tuesday")
    assert willing.accept(willing.poll())
    willing.install()
    assert not unwilling.accept(unwilling.poll())
    report = fleet.until("waiting", succeeded=1, open=1, failed=0, cancelled=0)
    assert unwilling.version == OLD and fleet.action_of(unwilling) == "wait_for_confirmation", report
    unwilling.confirm(unwilling.poll(), agree=True)
    assert unwilling.accept(unwilling.poll())
    unwilling.install()
    fleet.until("finished", succeeded=2)
    fleet.compare()


def an_appliance_that_restarts_in_any_step_succeeds_once(lab: Lab) -> None:
    fleet = lab.fleet(len(RESTARTS))
    fleet.create("--canary", "0", "--success", "100")
    with fleet.crowd(restarts=dict(zip(fleet.devices, RESTARTS))) as crowd:
        fleet.start()
        fleet.until("finished", succeeded=len(RESTARTS))
    assert sorted(crowd.restarted) == sorted(fleet.devices)
    fleet.compare()


def a_report_for_an_action_that_has_ended_is_not_counted_again(lab: Lab) -> None:
    fleet = lab.fleet(1)
    fleet.create()
    fleet.start()
    device, = fleet.of_group("A")
    device.accept(device.poll())
    action = device.action
    device.fail(OLD, "rolled back")
    device.action = action
    try:
        device.report("closed", "success")
    except Gone:
        pass
    else:
        raise AssertionError("hawkBit took a success after a failure")
    fleet.until("halted", failed=1, succeeded=0)


def a_call_that_was_killed_after_its_order_begins_no_second_group(lab: Lab) -> None:
    fleet = lab.fleet(2, 2, 2)
    fleet.create("--canary", "0")
    with fleet.crowd():
        fleet.start()
        fleet.until("waiting", succeeded=2)
        found = lab.management.get("/rollouts", q=f"name=={fleet.rollout}")["content"][0]
        lab.management.post(f"/rollouts/{found['id']}/resume")              # as 'next' does; it gets no further
        assert fleet.begun(fleet.next()) == ["A", "B"]
        fleet.until("waiting", succeeded=4)
        assert fleet.begun(fleet.next()) == ["A", "B"]
        fleet.until("finished", days_later=1, succeeded=6)


def parts_of_a_group_keep_an_hour_within_its_traffic(lab: Lab) -> None:
    fleet = lab.fleet(30)
    parts = fleet.create("--canary", "1", "--hour-limit", "500M")["parts"]
    assert [part["appliances"] for part in parts] == [1, 9, 10, 10] and max(part["bytes"] for part in parts) <= 500 << 20, parts
    with fleet.crowd():
        fleet.start()
        fleet.until("waiting", succeeded=1)
        assert fleet.begun(fleet.next()) == ["A.canary"]
        for number in (1, 2, 3):
            report = fleet.next(days_later=61 / 1440)
            assert len(fleet.begun(report)) == 1 + number, report
            assert len(fleet.begun(fleet.next())) == 1 + number
            fleet.until("finished" if number == 3 else "waiting",
                        succeeded=sum(part["appliances"] for part in parts[:number + 1]))
    assert report["traffic"]["ordered_bytes"] == 30 * (48 << 20) and report["traffic"]["remaining_bytes"] == 0, report["traffic"]
    fleet.compare()


def traffic_over_the_limit_of_a_server_is_refused_before_anything_is_made(lab: Lab) -> None:
    fleet = lab.fleet(2)
    found = fleet.refused("create", "--version", NEW, "--groups", ",".join(fleet.groups), "--server-traffic", "51M")
    assert "51 MiB" in found and "50 MiB" in found, found
    assert not lab.management.get("/rollouts", q=f"name=={fleet.rollout}")["content"]
    assert lab.call("create", fleet.rollout, "--version", NEW, "--groups", ",".join(fleet.groups), "--server-traffic", "1M",
                    "--dry-run")[1]["made"] is False
    assert not lab.management.get("/rollouts", q=f"name=={fleet.rollout}")["content"]


def the_operator_pauses_resumes_and_stops(lab: Lab) -> None:
    fleet = lab.fleet(2, 2, 2)
    fleet.create("--canary", "0")
    assert fleet.next("status")["state"] == "ready"
    assert fleet.next(days_later=1)["state"] == "ready", "a rollout began that nobody had started"
    fleet.start()
    with fleet.crowd():
        fleet.until("waiting", succeeded=2)
        assert fleet.next("pause", "--reason", "holidays")["state"] == "paused"
        report = fleet.next(days_later=1)
        assert report["state"] == "paused" and "holidays" in report["reason"] and fleet.begun(report) == ["A"]
        fleet.next("resume")
        assert fleet.begun(fleet.next(days_later=1)) == ["A", "B"]
    report = fleet.next("stop")
    assert report["state"] == "stopped" and fleet.next(days_later=2)["state"] == "stopped"
    with fleet.crowd() as crowd:
        crowd.wake(list(fleet.devices.values()))
        until(lambda: not any(status in ("canceling", "running") for status in
                              (action["status"] for action in fleet.actions().values())), PATIENCE_SECONDS, "all called back")
    assert all(device.version == OLD for device in fleet.of_group("C"))


def versions_are_those_that_the_appliances_say(lab: Lab) -> None:
    before = lab.call("versions")[1]["versions"]
    fleet = lab.fleet(3)
    one, two, three = fleet.of_group("A")
    for device, version in ((one, "9.1"), (two, "9.2"), (three, "9.2")):
        device.version = version
        device.poll()
    found = lab.call("versions")[1]["versions"]
    assert (found["9.1"]["say"], found["9.2"]["say"]) == (1, 2), found
    assert found.get(NEW) == before.get(NEW), (before, found)


def mixed_versions_for_too_long_are_announced_once(lab: Lab) -> None:
    fleet = lab.fleet(2, 2)
    fleet.create("--canary", "0", "--max-mixed-days", "2", "--days", "mon-sun")
    with fleet.crowd():
        fleet.start()
        fleet.until("waiting", succeeded=2)
    fleet.next("pause")
    for _ in range(2):
        code, document = lab.call("next", fleet.rollout, days_later=3)
        assert code == 4 and document["rollouts"][0]["versions"]["too_long"], document
    assert lab.told.read_text().count(f"rollout {fleet.rollout}: mixed versions for too long") == 1
