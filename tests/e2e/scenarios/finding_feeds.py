"""Part of `finding`: feeds that an appliance must not trust, and keys that are replaced."""
from harness import bundles, forged_feeds
from harness.stage import Stage
from virtual_lab import feed, firmware, places
from virtual_lab.feed import Document
from virtual_lab.update_control import DONE, FAILED

from . import common


def check(stage: Stage) -> None:
    _replayed(stage)
    _expired(stage)
    _by_an_unknown_key(stage)
    _keys_are_replaced(stage)


def _replayed(stage: Stage) -> None:
    served = stage.server.feed
    old = served.current()
    _accepted(stage, served.publish(), "a newer feed")
    newer = served.current()
    forged_feeds.show(served, old)
    _refused(stage, f"the feed has the serial number {old.serial}, but number {newer.serial} was accepted before", "an older feed")
    forged_feeds.show(served, newer)


def _expired(stage: Stage) -> None:
    served = stage.server.feed
    good = served.current()
    forged_feeds.show(served, forged_feeds.next_one(served, firmware.signer(), issued_days_ago=40, good_for_days=30))
    _refused(stage, "the feed has expired at ", "an expired feed")
    forged_feeds.show(served, good)


def _by_an_unknown_key(stage: Stage) -> None:
    served = stage.server.feed
    good = served.current()
    forged_feeds.show(served, forged_feeds.next_one(served, bundles.unknown_signer(stage.folder)))
    _refused(stage, "signed by a key that this appliance does not trust", "a feed signed by an unknown key")
    forged_feeds.show(served, good)
    _accepted(stage, served.publish(), "the next good feed after the refused ones")


def _keys_are_replaced(stage: Stage) -> None:
    """As update-feed's help describes it: first both the old and the new key are trusted, then the new one alone."""
    served, old, new = stage.server.feed, firmware.signer(), feed.new_key(stage.folder, "second-key")
    served.rotate(old, old, new)
    _accepted(stage, served.publish(new), "a feed signed by the new key, which the old key has announced")
    served.rotate(new, new)
    good = served.current()
    forged_feeds.show(served, forged_feeds.next_one(served, old))
    _refused(stage, "signed by a key that the vendor has replaced since", "a feed signed by the replaced key")
    forged_feeds.show(served, good)
    forged_feeds.show(served, forged_feeds.next_one(served, new))
    _accepted(stage, served.current(), "a feed signed by the remaining key")


def _accepted(stage: Stage, document: Document, what: str) -> None:
    look = stage.updates.run("update-control --check", common.PHASE_SECONDS)
    stage.checks.equal(look.status, DONE, f"accepted: {what}" + ("" if look.status == DONE else f": {look.output[-500:]}"))
    stage.checks.equal(stage.updates.firmware()["feed"]["serial"], document.serial, f"and stored: {what}")


def _refused(stage: Stage, reason: str, what: str) -> None:
    checks, before = stage.checks, stage.updates.firmware()
    stage.tell(f"refusing {what}")
    look = stage.updates.run("update-control --check", common.PHASE_SECONDS)
    after = stage.updates.firmware()
    checks.that(look.status == FAILED and reason in look.output, f"refused with the reason: {what}", (look.status, look.output))
    checks.equal((after["feed"]["serial"], [hop["version"] for hop in after["path"]]),
                 (before["feed"]["serial"], [places.NEW_VERSION]), f"the last good feed still holds after {what}")
    checks.that(reason in after["feed"]["problem"], f"-l shows the reason too: {what}", after["feed"])
