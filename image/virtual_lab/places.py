"""Paths in the checkout, and the versions of the releases. Creates nothing."""
import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / ".build"
IMAGE_BUILD = BUILD / "image"
KEYS = IMAGE_BUILD / "keys"
RESULTS = BUILD / "e2e"
# Begin and end of each step of image/build, see timetable.py.
IMAGE_TIMINGS = IMAGE_BUILD / "timings"

OLD_VERSION = "2.8.0.0"
NEW_VERSION = "2.8.1.0"
POINT_VERSION = "2.8.1.1"
APPLIANCE_DISK = IMAGE_BUILD / f"appliance-{OLD_VERSION}.img"
RUN_QEMU = CHECKOUT / "image" / "run-qemu"
BUILD_VARIANT = CHECKOUT / "image" / "build-variant"


def cores() -> int:
    return len(os.sched_getaffinity(0))
