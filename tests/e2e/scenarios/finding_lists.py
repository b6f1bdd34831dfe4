"""Part of `finding`: lists of firmware that an appliance must not believe, and keys that are replaced."""
from harness import bundles, forged_lists
from harness.stage import Stage
from virtual_lab import firmware, firmware_list, places
from virtual_lab.firmware_list import Document
from virtual_lab.update_control import DONE, FAILED

from . import common


def check(stage: Stage) -> None:
    _replayed(stage)
    _expired(stage)
    _by_a_stranger(stage)
    _keys_are_replaced(stage)


def _replayed(stage: Stage) -> None:
    listed = stage.server.list
    old = listed.current()
    _taken(stage, listed.publish(), "a newer list")
    newer = listed.current()
    forged_lists.show(listed, old)
    _refused(stage, f"the feed has the serial number {old.serial}, and number {newer.serial} was seen before", "an older list")
    forged_lists.show(listed, newer)


def _expired(stage: Stage) -> None:
    listed = stage.server.list
    good = listed.current()
    forged_lists.show(listed, forged_lists.next_one(listed, firmware.signer(), issued_days_ago=40, good_for_days=30))
    _refused(stage, "the feed has expired at ", "an expired list")
    forged_lists.show(listed, good)


def _by_a_stranger(stage: Stage) -> None:
    listed = stage.server.list
    good = listed.current()
    forged_lists.show(listed, forged_lists.next_one(listed, bundles.unknown_signer(stage.folder)))
    _refused(stage, "signed by a key that this appliance does not trust", "a list by an unknown key")
    forged_lists.show(listed, good)
    _taken(stage, listed.publish(), "the next good list, after all these")


def _keys_are_replaced(stage: Stage) -> None:
    """As update-feed's help says: first to the old and the new one, then to the new one alone."""
    listed, old, new = stage.server.list, firmware.signer(), firmware_list.new_key(stage.folder, "second-key")
    listed.rotate(old, old, new)
    _taken(stage, listed.publish(new), "a list by the new key, once the old one has said so")
    listed.rotate(new, new)
    good = listed.current()
    forged_lists.show(listed, forged_lists.next_one(listed, old))
    _refused(stage, "signed by a key that the vendor has replaced since", "a list by the key that was replaced")
    forged_lists.show(listed, good)
    forged_lists.show(listed, forged_lists.next_one(listed, new))
    _taken(stage, listed.current(), "a list by the key that is left")


def _taken(stage: Stage, document: Document, what: str) -> None:
    look = stage.updates.run("update-control --check", common.PHASE_SECONDS)
    stage.checks.equal(look.status, DONE, f"accepted: {what}" + ("" if look.status == DONE else f": {look.output[-500:]}"))
    stage.checks.equal(stage.updates.firmware()["feed"]["serial"], document.serial, f"and known from then on: {what}")


def _refused(stage: Stage, reason: str, what: str) -> None:
    checks, before = stage.checks, stage.updates.firmware()
    stage.tell(f"refusing {what}")
    look = stage.updates.run("update-control --check", common.PHASE_SECONDS)
    after = stage.updates.firmware()
    checks.that(look.status == FAILED and reason in look.output, f"refused, saying why: {what}", (look.status, look.output))
    checks.equal((after["feed"]["serial"], [hop["version"] for hop in after["path"]]),
                 (before["feed"]["serial"], [places.NEW_VERSION]), f"the last good list still holds after {what}")
    checks.that(reason in after["feed"]["problem"], f"-l says it too: {what}", after["feed"])
