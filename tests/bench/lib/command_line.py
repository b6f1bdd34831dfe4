"""What both benchmarks have in common: options, and the things they start with and give back."""

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
    parser.add_argument("--images", metavar="V1,V2,V3", help="three raw ext4 images in place of those made here")
    parser.add_argument("--rounds", type=int, default=5, help="how often each contestant runs (default 5)")
    parser.add_argument("--quick", action="store_true", help="one round: to see whether everything runs")
    parser.add_argument("--only", metavar="FAMILY,...", type=lambda text: text.split(","),
                        help=f"only these, to try something out; of {', '.join(families)}")
    parser.add_argument("--work", metavar="FOLDER", default=CHECKOUT / ".build/bench",
                        help="where everything is made and kept, about 25 GB (default .build/bench)")
    parser.add_argument("--program", metavar="FILE", help="an update-firmware to use in place of compiling it")
    parser.add_argument("--images-tool", metavar="FILE", help="an update-image to make the images with")
    options = parser.parse_args()
    if options.quick:
        options.rounds = 1
    if options.rounds < 1:
        parser.error("--rounds is 1 or more")
    options.only = options.only or families
    if unknown := [family for family in options.only if family not in families]:
        parser.error(f"--only knows no {', '.join(unknown)}")
    return options


@dataclass
class Field:
    """Where the contestants meet."""
    workspace: Workspace
    server: Server
    target: LoopDevice
    base: LoopDevice
    vendor: Vendor
    images: tuple[Image, Image, Image]
    other_data: Path


def open_field(options, stack: ExitStack):
    """Installs, compiles, makes the images, and starts server and devices; `stack` gives all of it back."""
    if not options.images and options.program and not options.images_tool:
        raise BenchmarkError("with --program, name --images or --images-tool too")
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
    "Target: a loop device with direct I/O over a preallocated file. Before each run, outside the time: the target is "
    "filled with the same content and synced; what is installed (image, bundle, chunk store, the server's files) is "
    "read once into the page cache; the base image is taken out of it, and the base partition is a second loop device "
    "with direct I/O, so the base is read from the disk.",
    "Time: from the start of the command until it has ended and the target is synced (fsync of the device, for all "
    "alike, also for those that never sync).",
    "Processor time: a control group with everything the command starts; RAUC's service and its bus are in it from "
    "before the run on. The kernel's own threads (loop, writeback) and nginx count for nobody.",
    "Memory: the peak resident size of the largest single process; for services too. The table of medians shows the "
    "most of all rounds.",
    "Fetched: $bytes_sent of nginx on loopback, headers included (TLS records not). https for ours, which takes "
    "nothing else, http for the others.",
    "Written: sectors the device counted, without what ours had the device zero (its own report; the device counts "
    "zeroing as writing). MB zeroed of the last round.",
    "After each run the target is compared with the image byte by byte; a difference is an error of the benchmark.",
    "Order: every round runs all contestants once, shuffled with a fixed seed.",
]
