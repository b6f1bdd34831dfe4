"""What both benchmarks need: the packages, our tool, the three images and the command line."""
import argparse
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
PACKAGES = ("rauc rauc-service swupdate casync zchunk ostree zstd xdelta3 rdiff nginx-light squashfs-tools dbus cpio "
            "openssl cmake ninja-build ccache").split()
VERSIONS = {"v1": "1.0.0.0", "v2": "2.0.0.0", "v3": "3.0.0.0"}


@dataclass
class Setting:
    work: Path
    images: dict[str, Path]
    tool: Path
    rounds: int


def prepare(description: str) -> Setting:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--images", help="v1.img,v2.img,v3.img: instead of building them")
    parser.add_argument("--work", type=Path, default=CHECKOUT / ".build" / "bench", help="folder for everything that is made")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        parser.error("must run as root: it makes loop devices")
    arguments.work.mkdir(parents=True, exist_ok=True)
    subprocess.run([CHECKOUT / "image" / "install-dependencies"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["apt-get", "install", "-y", "-q", "--no-install-recommends", *PACKAGES], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    tools = _build_tools(arguments.work / "tool")
    if arguments.images:
        images = dict(zip(VERSIONS, map(Path, arguments.images.split(",")), strict=True))
    else:
        subprocess.run([CHECKOUT / "tests" / "bench" / "lib" / "make-images", "--tool", tools / "image-tool" / "update-image",
                        arguments.work / "images"], check=True)
        images = {name: arguments.work / "images" / f"{name}.img" for name in VERSIONS}
    return Setting(arguments.work, images, tools / "firmware-tool" / "update-firmware", arguments.rounds)


def _build_tools(folder: Path) -> Path:
    """Optimized as for an appliance."""
    subprocess.run(["cmake", "-S", CHECKOUT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                    "-DCMAKE_CXX_FLAGS_RELEASE=-O2 -DNDEBUG", "-DBUILD_TESTING=OFF", "-DBUILD_REFERENCE_PRODUCT=OFF",
                    "-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", folder, "--target", "update-firmware", "update-image"], check=True, stdout=subprocess.DEVNULL)
    return folder / "image"


def once(result: Path, *commands: str) -> Path:
    """Makes a file by shell commands in which $out stands for it, unless it is there."""
    if not result.exists():
        result.parent.mkdir(parents=True, exist_ok=True)
        part = result.with_name(result.name + ".part")
        for command in commands:
            subprocess.run(["bash", "-o", "pipefail", "-ec", command], check=True, env={**os.environ, "out": str(part)},
                           stdin=subprocess.DEVNULL)
        part.rename(result)
    return result
