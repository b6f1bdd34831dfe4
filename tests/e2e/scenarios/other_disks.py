"""A second disk has partitions with the same names: the appliance uses the disk that its boot loader started from, or
refuses to start if it cannot tell which one that is."""
import subprocess

from harness.stage import Stage
from virtual_lab import places

from . import common


def own_disk_is_found(stage: Stage) -> None:
    common.begin(stage, messages=20)
    other = stage.folder / "other-disk.img"
    try:
        subprocess.run(["cp", "--sparse=always", places.APPLIANCE_DISK, other], check=True)
        _refuses_the_same_disk_twice(stage, other)
        subprocess.run(["sgdisk", "-G", other], check=True, capture_output=True)
        _runs_beside_another_appliances_disk(stage, other)
    finally:
        other.unlink(missing_ok=True)


def _refuses_the_same_disk_twice(stage: Stage, clone) -> None:
    stage.machine.lose_power()
    stage.tell("starting with a clone of the disk")
    stage.machine.power_on("--other-disk", clone)
    stage.machine.serial.wait_for("partitions are PARTUUID=.*two disks hold this system", common.PHASE_SECONDS)
    stage.machine.lose_power()


def _runs_beside_another_appliances_disk(stage: Stage, stranger) -> None:
    stage.tell("starting with another appliance's disk")
    stage.machine.power_on("--other-disk", stranger)
    stage.machine.wait_until_up()
    shell = stage.machine.shell
    own = shell.must("lsblk -nro NAME,PARTLABEL").split("\n")
    disks = {line.split()[0][:3] for line in own if line.endswith(" boot")}
    stage.checks.equal(len(disks), 2, "both disks are there")
    system, data = shell.must("findmnt -nro SOURCE /").strip(), shell.must("findmnt -nro SOURCE /data").strip()
    stage.checks.equal(system[:8], data[:8], "system and data lie on one disk")
    stage.checks.equal(system[:8], "/dev/vdb", "and that is the one that the boot loader was read from")
    stage.mail.send_to(stage.known_addresses())
    stage.mail.wait_until_flowing(common.MAIL_SECONDS)
    # A message that was in transit when the power failed may be delivered twice.
    common.check_mail(stage, exactly_once=False)
