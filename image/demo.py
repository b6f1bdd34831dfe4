#!/usr/bin/python3
"""The demo: an appliance upgrades itself while mail flows. image/demo calls this when all tools are installed.

Shows what an administrator and a sending mail server see. Ends with 0 if the upgrade succeeded and no mail was lost."""
import sys
import time

from virtual_lab import appliance, firmware, isolation, places, update_control
from virtual_lab.lab import Lab
from virtual_lab.steps import Step
from virtual_lab.timetable import Timetable
from virtual_lab.waiting import PATIENCE

UPGRADE_SECONDS = 900 * PATIENCE
MAIL_SECONDS = 300 * PATIENCE
RATE = 1.0


def say(text: str) -> None:
    print(text, flush=True)


def build() -> bool:
    step = Step(say, "building the appliance, its two releases and the firmware",
                [places.CHECKOUT / "image" / "build"], places.BUILD / "logs" / "image-build.log")
    try:
        if not step.wait():
            print(step.end_of_log(), file=sys.stderr)
            return False
    finally:
        step.close()
    say(f"built in {step.seconds:.0f} s")
    return True


def show_until_end(lab: Lab, call: update_control.Call) -> int:
    """Shows the output of the command while it runs; its exit code."""
    shown = 0
    while True:
        status, output = call.status, call.output
        for line in output[shown:].splitlines(keepends=True):
            if line.endswith("\n") or status is not None:
                print(f"    {line.rstrip()}", flush=True)
                shown += len(line)
        if status is not None:
            return status
        lab.machine.must_run()
        time.sleep(0.5)


def upgrade(lab: Lab) -> int:
    """From the command to the end of the job, across the restart; the last exit code."""
    lab.tell("ssh root@appliance update-control -i fw")
    status = show_until_end(lab, lab.updates.start_install())
    # A quick reconnect still reaches the old system: it accepts logins while it shuts down, but its bus is gone.
    end = time.monotonic() + UPGRADE_SECONDS
    while time.monotonic() < end and status in (update_control.RESTARTING, update_control.CONNECTION_LOST,
                                                update_control.NOT_REACHABLE):
        lab.tell("the appliance restarts; waiting until it answers")
        time.sleep(2)
        lab.machine.shell.disconnect()
        lab.machine.shell.wait_until_reachable(UPGRADE_SECONDS)
        lab.tell("ssh root@appliance update-control -f")
        status = show_until_end(lab, lab.updates.start("update-control -f", "follow"))
    return status


def summary(lab: Lab, old_version: str) -> bool:
    last = lab.updates.state()["last"] or {}
    stored = appliance.stored_message_ids(lab.machine.shell)
    account, gap = lab.mail.account(stored), lab.mail.downtime()
    print("\nSummary, read from the appliance and the two mail servers")
    print(f"  version          {old_version} -> {appliance.running_version(lab.machine.shell)} ({last.get('result')})")
    for phase in last.get("phases", []):
        print(f"  phase {phase['number']:2}         {phase['seconds']:7.1f} s  {phase['name']}")
    print(f"  downtime         {gap.seconds:7.1f} s  as the sender saw it")
    print(f"  messages         {account.sent} sent, {account.accepted} accepted, {account.delivered} delivered, "
          f"{account.stored} stored")
    problems = account.problems() + appliance.archive_problems(stored)
    print(f"  each exactly once: {'yes' if not problems else '; '.join(problems)}, "
          f"and {appliance.ARCHIVED_MESSAGES} older messages in the store", flush=True)
    return last.get("result") == "succeeded" and not problems


def play(times: Timetable) -> bool:
    with Lab("demo") as lab:
        with times.part("starting the appliance, and 200 messages"):
            lab.server.publish(firmware.good())
            lab.start_appliance()
            old_version = appliance.running_version(lab.machine.shell)
            lab.tell(f"version {old_version}; a stream of mail begins: {RATE:.0f} message a second after the first 200")
            lab.mail.send(200)
            lab.mail.wait_until_accepted(201, MAIL_SECONDS)
            lab.mail.rate(RATE)
        with times.part("the upgrade"):
            status = upgrade(lab)
            lab.tell(f"the upgrade ended with exit code {status}")
        with times.part("the last messages, and the summary"):
            lab.mail.send_to(lab.known_addresses())
            lab.tell("letting the last messages through")
            lab.mail.wait_until_flowing(MAIL_SECONDS)
            lab.mail.drain(MAIL_SECONDS)
            return summary(lab, old_version) and status == update_control.DONE


def main() -> int:
    if not isolation.inside() and not build():
        sys.exit("the appliance could not be built; see .build/logs/image-build.log")
    isolation.enter()
    times = Timetable.from_environment()
    times.add_from(places.IMAGE_TIMINGS, "image: ")
    good = play(times)
    print("\n" + "\n".join(times.lines()), flush=True)
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nstopped; nothing is left running")
