"""When the next group may begin: tables of cases, without a server and without a clock."""
import dataclasses
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "updater" / "fleet"))

from rollout.failure import Failure, Refused  # noqa: E402
from rollout.plain import plain, plain_line  # noqa: E402
from rollout.plan import Plan, Part, check, from_text, parts_of, to_text, with_accepted  # noqa: E402
from rollout.verdict import Group, of_rollout, opening  # noqa: E402

GIB, MIB = 1 << 30, 1 << 20
NOON = datetime(2026, 12, 1, 12, 0)                        # a Tuesday


def plan(**changes) -> Plan:
    return dataclasses.replace(Plan(["A", "B", "C"], "2.8.1.0", released_at=1), **changes)


def group(name: str, begun_at=None, appliances=10, finished=0, failed=0, cancelled=0) -> Group:
    return Group(1, name, name.split(".")[0], begun_at is not None, begun_at, appliances, finished, failed, cancelled)


def refused(action) -> str:
    try:
        action()
    except Refused as refusal:
        return str(refusal)
    raise AssertionError("it was not refused")


def expect(found, wanted) -> None:
    assert found == wanted, f"{found!r} instead of {wanted!r}"


def a_group_begins_only_when_enough_of_the_one_before_succeeded() -> None:
    monday = datetime(2026, 11, 30, 10, 0)
    for finished, failed, cancelled, state in ((10, 0, 0, "due"), (9, 0, 0, "waiting"), (9, 1, 0, "halted"), (9, 0, 1, "halted"),
                                               (0, 10, 0, "halted"), (0, 0, 10, "halted"), (0, 0, 0, "waiting")):
        found = of_rollout(plan(wait_hours=0), "paused",
                           [group("A", monday, 10, finished, failed, cancelled), group("B")], NOON)
        expect((finished, failed, cancelled, found.state), (finished, failed, cancelled, state))


def canaries_must_all_succeed() -> None:
    for finished, failed, state in ((19, 1, "halted"), (19, 0, "waiting"), (20, 0, "due")):
        found = of_rollout(plan(success_percent=50), "paused",
                           [group("A.canary", NOON, 20, finished, failed), group("A")], NOON)
        expect((finished, failed, found.state), (finished, failed, state))


def a_group_that_failed_late_halts_the_rollout_though_others_have_begun() -> None:
    groups = [group("A", datetime(2026, 11, 28), 10, 9, 1), group("B", datetime(2026, 11, 30), 10, 10), group("C")]
    expect(of_rollout(plan(), "paused", groups, NOON).state, "halted")
    expect(of_rollout(plan(accepted=["A:1"]), "paused", groups, NOON).state, "due")


def what_the_operator_accepted_is_a_number_and_the_rest_of_the_group_counts_on() -> None:
    begun = datetime(2026, 11, 28)
    for finished, failed, cancelled, state in ((0, 6, 0, "waiting"), (3, 4, 2, "waiting"), (4, 6, 0, "due"), (4, 3, 3, "due"),
                                               (0, 7, 0, "halted"), (3, 6, 1, "halted")):
        found = of_rollout(plan(accepted=["B:1", "A:6"]), "paused",
                           [group("A", begun, 10, finished, failed, cancelled), group("B")], NOON)
        expect((finished, failed, cancelled, found.state), (finished, failed, cancelled, state))
    # All were accepted; so many that fewer than those of --success must succeed.
    expect(of_rollout(plan(accepted=["A:10"]), "paused", [group("A", begun, 10, 0, 10), group("B")], NOON).state, "due")
    # Fewer than --success allows anyway.
    expect(of_rollout(plan(success_percent=50, accepted=["A:1"]), "paused", [group("A", begun, 10, 5, 5), group("B")], NOON).state,
           "due")


def the_failures_of_a_group_that_are_accepted_last_count() -> None:
    expect(with_accepted(plan(accepted=["A.canary:1", "A:6", "C"]), {"A": 7, "B": 2}), ["A.canary:1", "C", "A:7", "B:2"])


def a_plan_of_before_that_only_names_an_accepted_group_is_still_read() -> None:
    kept = from_text('{"update-rollout":1,"groups":["A","B"],"version":"2","released":1,"accepted":["A"]}')
    for finished, failed in ((0, 10), (3, 5)):
        groups = [group("A", datetime(2026, 11, 28), 10, finished, failed), group("B")]
        expect(of_rollout(kept, "paused", groups, NOON).state, "due")


def another_group_waits_for_another_day_and_for_the_hours_of_the_plan() -> None:
    cases = (
        # begun                       now                            window         wait  earliest (None: due)
        (datetime(2026, 12, 1, 8), datetime(2026, 12, 1, 12), "00:00-24:00", 0, datetime(2026, 12, 2)),
        (datetime(2026, 11, 30, 8), datetime(2026, 12, 1, 3), "00:00-24:00", 20, datetime(2026, 12, 1, 4)),
        (datetime(2026, 11, 30, 8), datetime(2026, 12, 1, 4), "00:00-24:00", 20, None),
        (datetime(2026, 12, 1, 1), datetime(2026, 12, 1, 3), "22:00-04:00", 0, datetime(2026, 12, 1, 22)),
        (datetime(2026, 12, 1, 1), datetime(2026, 12, 1, 23), "22:00-04:00", 20, None),
        (datetime(2026, 11, 30, 23), datetime(2026, 12, 1, 12), "22:00-04:00", 0, datetime(2026, 12, 1, 22)),
        (datetime(2026, 11, 30, 23), datetime(2026, 12, 1, 22, 30), "22:00-04:00", 48, datetime(2026, 12, 2, 23)),
    )
    for begun, now, window, wait, earliest in cases:
        found = of_rollout(plan(window=window, wait_hours=wait), "paused", [group("A", begun, 10, 10), group("B")], now)
        expect((begun, now, window, found.earliest), (begun, now, window, earliest))
        expect(found.state, "waiting" if earliest else "due")


def parts_of_a_group_follow_each_other_after_an_hour_where_traffic_is_limited() -> None:
    groups = [group("A.1", datetime(2026, 12, 1, 11, 30), 10, 10), group("A.2")]
    expect(of_rollout(plan(), "paused", groups, NOON).state, "due")
    found = of_rollout(plan(hour_bytes=GIB, server_bytes=MIB), "paused", groups, NOON)
    expect((found.state, found.earliest), ("waiting", datetime(2026, 12, 1, 12, 30)))


def parts_don_t_begin_outside_the_window_and_the_next_group_counts_from_the_last_part() -> None:
    groups = [group("A.1", datetime(2026, 12, 1, 3, 30), 10, 10), group("A.2"), group("B")]
    found = of_rollout(plan(window="22:00-04:00", hour_bytes=GIB, server_bytes=MIB), "paused", groups, datetime(2026, 12, 1, 3, 50))
    expect(found.earliest, datetime(2026, 12, 1, 22))
    groups[1] = group("A.2", datetime(2026, 12, 1, 22), 10, 10)
    found = of_rollout(plan(window="22:00-04:00"), "paused", groups, datetime(2026, 12, 1, 23))
    expect((found.group.name, found.earliest), ("B", datetime(2026, 12, 2, 22)))


def a_window_opens_on_its_days_and_may_pass_midnight() -> None:
    cases = (("mon-fri", "22:00-04:00", datetime(2026, 12, 5, 2), datetime(2026, 12, 5, 2)),      # Saturday, Friday's window
             ("mon-fri", "22:00-04:00", datetime(2026, 12, 5, 5), datetime(2026, 12, 7, 22)),
             ("sun", "10:00-11:00", datetime(2026, 12, 6, 11), datetime(2026, 12, 13, 10)),
             ("fri-mon", "10:00-11:00", datetime(2026, 12, 1, 9), datetime(2026, 12, 4, 10)),
             ("tue", "00:00-24:00", NOON, NOON), ("wed", "00:00-24:00", NOON, datetime(2026, 12, 2)))
    for days, window, now, opens in cases:
        expect((days, now, opening(plan(days=days, window=window), now)), (days, now, opens))


def an_order_of_the_operator_comes_before_the_time_but_not_before_a_failure() -> None:
    good, bad = group("A", datetime(2026, 11, 28), 10, 10), group("A", datetime(2026, 11, 28), 10, 0, 10)
    cases = (({"paused": "why"}, "paused", good, "paused"), ({"paused": "why"}, "paused", bad, "halted"),
             ({"released_at": 0}, "ready", group("A"), "ready"), ({}, "stopped", bad, "stopped"),
             ({}, "creating", group("A"), "waiting"), ({}, "waiting_for_approval", group("A"), "waiting"),
             ({}, "ready", group("A"), "due"), ({}, "running", good, "due"))
    for changes, status, first, state in cases:
        expect((status, of_rollout(plan(**changes), status, [first, group("B")], NOON).state), (status, state))


def a_rollout_is_finished_when_all_groups_succeeded_not_when_hawkbit_says_so() -> None:
    done = datetime(2026, 11, 28)
    expect(of_rollout(plan(), "running", [group("A", done, 100, 96, 1)], NOON).state, "finished")
    expect(of_rollout(plan(), "finished", [group("A", done, 100, 94, 6)], NOON).state, "halted")


def a_group_is_divided_so_that_an_hour_takes_no_more_than_allowed() -> None:
    limited = plan(groups=["A"], canaries=2, server_bytes=48 * MIB, hour_bytes=GIB)        # 21 appliances an hour
    expect(parts_of(limited, {"A": 50}), [Part("A.canary", "A", 2), Part("A.1", "A", 16), Part("A.2", "A", 16), Part("A.3", "A", 16)])
    for total in range(1, 200):
        parts = parts_of(limited, {"A": total})
        expect(sum(part.appliances for part in parts), total)
        assert all(0 < part.appliances <= 21 for part in parts), (total, parts)
    expect([part.name for part in parts_of(plan(canaries=0), {"A": 5, "B": 5, "C": 5})], ["A", "B", "C"])
    expect([part.name for part in parts_of(plan(groups=["A"], canaries=3), {"A": 3})], ["A"])


def what_can_t_be_kept_within_the_limits_is_refused() -> None:
    assert "more than" in refused(lambda: parts_of(plan(server_bytes=2 * GIB, hour_bytes=GIB), {"A": 1, "B": 1, "C": 1}))
    assert "parts" in refused(lambda: parts_of(plan(server_bytes=GIB, hour_bytes=GIB), {"A": 500, "B": 1, "C": 1}))
    assert "group B" in refused(lambda: parts_of(plan(), {"A": 1, "B": 0, "C": 1}))


def a_plan_that_can_t_be_meant_is_refused() -> None:
    for changes in ({"groups": []}, {"groups": ["A", "A"]}, {"groups": ["A'"]}, {"window": "25:00-26:00"}, {"window": "4-5"},
                    {"window": "10:00-10:00"}, {"days": "monday"}, {"days": ""}, {"success_percent": 0}, {"success_percent": 101},
                    {"canaries": -1}, {"wait_hours": -1}, {"max_mixed_days": 0}):
        refused(lambda: check(plan(**changes)))


def a_plan_survives_being_kept_by_hawkbit() -> None:
    for kept in (plan(), plan(paused="why", accepted=["A:6", "B"], told=["mixed"], window="22:00-04:00", days="mon"),
                 plan(server_bytes=5, hour_bytes=9)):
        expect(from_text(to_text(kept)), kept)
    expect(from_text("made by hand"), None)
    expect(from_text('{"other":1}'), None)
    expect(from_text(None), None)
    for broken in ('{"update-rollout":1,"groups":["A"],"version":"1","accepted":["A:x"]}',
                   '{"update-rollout":1,"groups":["A"],"version":"1","accepted":[{}]}', '{"update-rollout":2}', '{"update-rollout":1}', '{"update-rollout":1,"groups":["A"],"version":"1","window":"x"}'):
        try:
            from_text(broken)
        except Failure:
            continue
        raise AssertionError(f"{broken} was read")


def what_an_appliance_said_is_one_line_that_a_terminal_does_not_obey() -> None:
    for said, shown in (("disk full", "disk full"), ("Störung – 1 µs", "Störung – 1 µs"), ("a\r\nb\nc", "a b c"),
                        ("\x1b]0;x\x07\x9b2J\u202e\ud800", "\ufffd]0;x\ufffd\ufffd2J\ufffd\ufffd")):
        expect(plain_line(said), shown)
    expect(plain("one\n  two\x1b"), "one\n  two\ufffd")


def what_was_announced_is_forgotten_before_the_plan_is_too_long_for_hawkbit() -> None:
    text = to_text(plan(told=[f"halted:A.{number}" for number in range(100)], paused="x" * 500))
    assert len(text) <= 512, len(text)
    assert "halted:A.99" in text and "halted:A.0" not in text
    assert "characters" in refused(lambda: to_text(plan(groups=[f"group-{number}" for number in range(60)])))
