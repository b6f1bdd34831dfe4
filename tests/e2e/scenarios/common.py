"""Steps that several scenarios share: mail before the upgrade, its phases, and checks afterwards."""
import re
from dataclasses import dataclass

from harness import bundles, facts, product
from harness.amounts import AMOUNT, bytes_in, in_mib
from harness.stage import Stage
from virtual_lab import appliance, firmware, places
from virtual_lab.update_control import Call
from virtual_lab.waiting import PATIENCE, wait_until

UPGRADE_SECONDS = 900 * PATIENCE
PHASE_SECONDS = 300 * PATIENCE
MAIL_SECONDS = 240 * PATIENCE
# Messages per second that one emulated processor handles beside an upgrade.
RATE_DURING = 1.0


@dataclass
class Before:
    """The state of the appliance before the upgrade."""
    network: facts.NetworkFacts
    grub: dict
    host_keys: str
    policies: dict


@dataclass
class Written:
    """The progress of phase 2 as it shows it, in bytes, rounded."""
    written: float
    image: float
    fetched: float


# Slow enough for a poll every second over SSH to see the middle of phase 2.
WATCHABLE_MIB_PER_SECOND = 16
# The distance of checkpoints in appliance.xml. A power failure may lose what was written since the last one.
CHECKPOINT_BYTES = 64 << 20
# Chunks that are being written when the power fails, and rounding.
IN_TRANSIT_BYTES = 5 * (4 << 20) + (1 << 20)


def stop_in_the_middle_of_phase_2(stage: Stage, install: Call, share: float) -> Written:
    """Slows phase 2 down, and returns when this share of the image is written; phase 2 then still runs slowly."""
    install.wait_for_phase(stage.updates, 2, PHASE_SECONDS)
    paced = stage.updates.run(f"update-control --install-rate {WATCHABLE_MIB_PER_SECOND}", PHASE_SECONDS)
    stage.checks.equal(paced.status, 0, "a running phase 2 can be slowed down")
    stage.checks.equal(stage.updates.state()["install_mib_per_second"], WATCHABLE_MIB_PER_SECOND,
                       "update-control -s shows how fast it may work")

    def far_enough():
        state = stage.updates.state()
        if state["state"] == "idle" or state["phase"] != 2:
            raise RuntimeError(f"phase 2 is over before its middle was seen: {state}")
        found = re.match(f"written {AMOUNT} of {AMOUNT}, fetched {AMOUNT}", state["step"] or "")
        now = found and Written(*map(bytes_in, found.groups()))
        return now if now and now.written >= share * now.image else None
    now = wait_until(far_enough, f"{share:.0%} of the image are written", UPGRADE_SECONDS, every=1)
    stage.tell(f"phase 2 has written {in_mib(now.written)} of {in_mib(now.image)} and fetched {in_mib(now.fetched)}")
    return now


@dataclass
class Plan:
    """What phase 2 announced before it began to write, in bytes, rounded."""
    fetch: float
    whole: float
    patch: bool
    present: float


def plans_in(log: str) -> list[Plan]:
    found = re.findall(rf"installing to system-b: to fetch: {AMOUNT} of {AMOUNT}(, as a patch to 2\.8\.0\.0)?[^;\n]*"
                       rf"(?:; {AMOUNT} of the image are there already)?", log)
    return [Plan(bytes_in(fetch), bytes_in(whole), bool(patch), bytes_in(present) if present else 0)
            for fetch, whole, patch, present in found]


def image_bytes_in_firmware() -> int:
    """What an appliance fetches whose partitions hold no part of the image."""
    return bundles.Bundle(firmware.good()).image_bytes


def check_nothing_is_stored(stage: Stage) -> None:
    found = stage.machine.shell.must("find /data -xdev -name '*.fw' -o -name '*.fw.part' -o -name '*.incoming*'")
    stage.checks.equal(found, "", "no firmware file is on the data partition")


def publish(stage: Stage, variant: str | None = None) -> None:
    stage.server.publish(firmware.good() if variant is None else firmware.variant(variant))


def state_before(stage: Stage) -> Before:
    shell = stage.machine.shell
    return Before(network=facts.network(shell), grub=facts.grub_environment(shell),
                  host_keys=shell.must("cat /etc/ssh/ssh_host_*_key.pub"), policies=product.policy_meanings(shell))


def begin(stage: Stage, messages: int, variant: str | None = None) -> Before:
    """Publishes a firmware, and starts the appliance with this many messages in its store and mail flowing."""
    publish(stage, variant)
    stage.start_appliance()
    missing = messages - stage.mail.accepted_count()
    if missing > 0:
        stage.tell(f"sending {missing} messages")
        stage.mail.send(missing)
        stage.mail.wait_until_accepted(messages, MAIL_SECONDS * (1 + messages / 1000))
    before = state_before(stage)
    stage.mail.rate(RATE_DURING)
    return before


def check_mail(stage: Stage, exactly_once: bool = True) -> None:
    """Checks that every message of the run is accepted, delivered and stored."""
    stage.tell("waiting until all mail has passed")
    stage.mail.drain(MAIL_SECONDS * 2)
    stored = appliance.stored_message_ids(stage.machine.shell)
    account = stage.mail.account(stored)
    gap = stage.mail.downtime()
    stage.checks.none_of(account.problems(exactly_once), "every message is accepted, delivered and stored"
                         + (" exactly once" if exactly_once else ""))
    stage.checks.none_of(appliance.archive_problems(stored), "the archive of the store is whole")
    stage.tell(f"{account.sent} sent, {account.accepted} accepted, {account.delivered} delivered, {account.stored} "
               f"stored; longest time without acceptance {gap.seconds:.0f} s")
    stage.write_summary(sent=account.sent, accepted=account.accepted, delivered=account.delivered,
                        stored=account.stored, downtime_seconds=round(gap.seconds, 1))


def check_complete_pair(stage: Stage, slots: dict[str, str] | None = None) -> str:
    """Checks that the running system can read its store and that its units run; its version. `slots` maps each expected
    version to its slot; by default those after the first upgrade."""
    slots = slots or {places.OLD_VERSION: "a", places.NEW_VERSION: "b"}
    shell, checks = stage.machine.shell, stage.checks
    version, slot, grub = appliance.running_version(shell), facts.running_slot(shell), facts.grub_environment(shell)
    checks.that(version in slots, "a known version runs", version)
    checks.equal(slot, slots.get(version), "it runs from its own slot")
    checks.equal(grub.get("default_slot"), slot, "the boot loader starts it next time too")
    checks.that(not grub.get("try_slot"), "no try is left", grub)
    for unit in product.MAIL_UNITS:
        checks.that(facts.active(shell, unit), f"{unit} runs")
    checks.that(product.inspect_store(shell), "the store can be read by the product itself")
    generation = shell.must(f"readlink /data/slots/system-{slot}").strip()
    checks.that(generation.split("/")[-1].startswith(version), "its data are of its own generation", generation)
    return version


def check_old_system(stage: Stage, before: Before) -> None:
    """Checks that the old system runs and is unchanged."""
    stage.checks.equal(check_complete_pair(stage), places.OLD_VERSION, "the old version runs")
    after = state_before(stage)
    stage.checks.equal(after.policies, before.policies, "the policies are as they were")
    stage.checks.equal(after.host_keys, before.host_keys, "the SSH host keys are as they were")


def check_next_install_is_possible(stage: Stage) -> None:
    """Checks that the administrator can try again: a plain install starts (and is cancelled), or is refused with advice."""
    call = stage.updates.start_install()
    try:
        call.wait_for_phase(stage.updates, 2, PHASE_SECONDS)
    except RuntimeError:
        stage.checks.that(call.status == 3 and "install" in call.output, "the next install is possible or says why not",
                          call.output[-600:])
        return
    cancel = stage.updates.run("update-control -c", PHASE_SECONDS)
    stage.checks.equal(cancel.status, 0, "the next install starts and can be cancelled")
    stage.checks.equal(call.wait(PHASE_SECONDS), 5, "and its call ends as cancelled")
