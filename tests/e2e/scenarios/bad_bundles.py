"""Tries to install invalid firmware files, one after the other, on one appliance while mail flows."""
import re

from harness import bundles, facts, product
from harness.stage import Stage
from virtual_lab import appliance, firmware
from virtual_lab.update_control import FAILED, REFUSED

from . import common


def _make(stage: Stage) -> list[tuple]:
    """(name, file, expected exit codes, pattern that the error must match)"""
    folder = stage.folder / "bundles"
    folder.mkdir()
    good, signer = bundles.Bundle(firmware.good()), firmware.signer()
    return [
        ("wrong-signature", bundles.wrong_signature(good, folder / "wrong-signature.fw", signer), (REFUSED, FAILED), "sign"),
        ("unknown-key", bundles.unknown_key(good, folder / "unknown-key.fw"), (REFUSED, FAILED), "sign|key|trust"),
        ("other-product", bundles.other_product(good, folder / "other-product.fw", signer), (REFUSED,), "other-appliance"),
        ("too-large", bundles.too_large(good, folder / "too-large.fw", signer), (REFUSED,), "partition"),
        ("truncated", bundles.truncated(good, folder / "truncated.fw"), (FAILED, REFUSED), "short|trunc|end|incomplete"),
        ("flipped-byte", bundles.flipped_byte(good, folder / "flipped-byte.fw", signer), (FAILED, REFUSED), "damaged|hash|differ"),
    ]


def all_refused(stage: Stage) -> None:
    before = common.begin(stage, messages=100)
    shell, checks = stage.machine.shell, stage.checks
    stage.tell("making the bundles; taking the hash of the running system")
    cases = _make(stage)
    system = facts.partition_hash(shell, "a")
    records = len(appliance.stored_message_ids(shell))
    for name, file, statuses, speaks_of in cases:
        stage.tell(f"installing {name}")
        logs = stage.xpu_log_count()
        call = stage.updates.run(f"update-control -i fw {stage.server.publish(file, file.name)}", common.UPGRADE_SECONDS)
        checks.that(call.status in statuses, f"{name} is not installed", f"{call.status}: {call.output[-500:]}")
        checks.that(re.search(speaks_of, call.output, re.I), f"{name}: the error says what is wrong", call.output[-500:])
        checks.that(stage.xpu_log_count() == logs + 1, f"{name} has its own log")
        state = stage.updates.state()
        checks.equal(state["state"], "idle", f"{name}: no job is left")
        checks.that((state["last"] or {}).get("result") in ("refused", "failed"), f"{name}: the result is on record", state)
        checks.equal(shell.must("ls -A /var/spool/updates/firmware"), "", f"{name}: nothing of it is kept to be installed later")
        grub = facts.grub_environment(shell)
        checks.equal((grub.get("default_slot"), grub.get("try_slot") or ""), ("a", ""), f"{name}: the boot choice is as it was")
        for unit in product.MAIL_UNITS:
            checks.that(facts.active(shell, unit), f"{name}: {unit} runs on")
        now = len(appliance.stored_message_ids(shell))
        checks.that(now >= records, f"{name}: the store has lost nothing", f"{now} of {records}")
        records = now
        file.unlink()
    checks.equal(facts.partition_hash(shell, "a"), system, "the running system is untouched, bit for bit")
    common.check_old_system(stage, before)
    common.check_mail(stage)
    gap = stage.mail.downtime()
    checks.that(gap.seconds < 60, "mail flowed all the time", f"{gap.seconds:.0f} s without acceptance")
