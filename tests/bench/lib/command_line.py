"""What both benchmarks have in common: options, and the resources that they open and release."""

import argparse
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from lib.machine import BenchmarkError, LoopDevice, exit_on_signals, install_packages, run
from lib.server import Server
from lib.vendor import Vendor, compile_programs
from lib.workspace import Image, Workspace, images_of

CHECKOUT = Path(__file__).resolve().parents[3]
SEED = 3  # of the order of the contestants


def read_options(description, families):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--images", metavar="V1,V2,V3", help="use these three raw ext4 images instead of making them")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs (default 5)")
    parser.add_argument("--quick", action="store_true", help="run one round, to see whether everything works")
    parser.add_argument("--only", metavar="FAMILY,...", type=lambda text: text.split(","),
                        help=f"run only these families; any of {', '.join(families)}")
    parser.add_argument("--work", metavar="FOLDER", default=CHECKOUT / ".build/bench",
                        help="folder for all files, about 25 GB (default .build/bench)")
    parser.add_argument("--program", metavar="FILE", help="use this update-firmware instead of compiling it")
    parser.add_argument("--images-tool", metavar="FILE", help="make the images with this update-image")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    options.only = options.only or families
    if unknown := [family for family in options.only if family not in families]:
        parser.error(f"unknown family in --only: {', '.join(unknown)}")
    return options


@dataclass
class Field:
    """The resources that all contestants share."""
    workspace: Workspace
    server: Server
    target: LoopDevice
    base: LoopDevice
    vendor: Vendor
    images: tuple[Image, Image, Image]
    other_data: Path


def open_field(options, stack: ExitStack):
    """Installs packages, compiles, makes the images, and starts server and devices; `stack` releases them."""
    if not options.images and options.program and not options.images_tool:
        raise BenchmarkError("--program needs --images or --images-tool as well")
    run_as_root()
    exit_on_signals()
    install_packages()
    workspace = Workspace(options.work)
    programs = None if options.program else compile_programs(CHECKOUT, workspace.folder)
    program = Path(options.program).resolve() if options.program else programs / "update-firmware"
    tool = options.images_tool or (programs and programs / "update-image")
    images = images_of(workspace, options.images, [CHECKOUT / "tests/bench/lib/make-images", "--tool", str(tool)])
    size_bytes = max(image.size_bytes for image in images)
    if any(image.size_bytes % 4096 for image in images):
        raise BenchmarkError("an image is not a whole number of 4 KiB blocks")

    server = Server(workspace.folder / "nginx", workspace.served)
    stack.callback(server.close)
    target_file = workspace.folder / "target.img"
    target_file.unlink(missing_ok=True)
    run("fallocate", "-l", size_bytes, target_file)
    target = LoopDevice(target_file)
    stack.callback(target.close)
    base = LoopDevice(images[0].path, read_only=True)
    stack.callback(base.close)
    vendor = Vendor(program, workspace, server, base, target)
    return Field(workspace, server, target, base, vendor, images, workspace.other_data(size_bytes))


def run_as_root():
    if run("id", "-u").strip() != "0":
        raise BenchmarkError("this must be run as root: it makes loop devices and mounts")


METHOD = [
    "Target: a loop device with direct I/O over a preallocated file. Before each run, and not measured: the target is "
    "filled with the same content and synced; what is installed (image, bundle, chunk store, the server's files) is "
    "read once into the page cache; the base image is dropped from it, and the base partition is a second loop device "
    "with direct I/O, so the base is read from the disk.",
    "Time: from the start of the command until it has ended and the target is synced (fsync of the device, for all "
    "contestants, also for those that never sync).",
    "Processor time: of a control group with all processes that the command starts; RAUC's service and its bus belong "
    "to it from before the run. The kernel's own threads (loop, writeback) and nginx are not counted.",
    "Memory: the peak resident size of the largest single process, services included. The table of medians shows the "
    "maximum of all rounds.",
    "Fetched: $bytes_sent of nginx on loopback, with headers and without TLS records. https for ours, which accepts "
    "nothing else, http for the others.",
    "Written: sectors that the device counted, less those that our program made the device zero (by its own report; the "
    "device counts zeroing as writing). MB zeroed: of the last round.",
    "After each run the target is compared with the image byte by byte; a difference is an error of the benchmark.",
    "Order: every round runs all contestants once, shuffled with a fixed seed.",
]
