"""Our own programs and firmware: compiled with optimization, made once."""

import json
import subprocess
from pathlib import Path

from lib.machine import BenchmarkError
from lib.rounds import Contestant

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<firmware format="3">
  <product>benchmark</product>
  <hardware>benchmark</hardware>
  <version>{version}</version>
  <minimum-version install-first="1.0.0.0">1.0.0.0</minimum-version>
  <formats/><conversions contract="1"/>
  <release-notes>Nothing.</release-notes>
  <license>None.</license>
</firmware>
"""

VERSIONS = {"v1": "1.0.0.0", "v2": "2.0.0.0", "v3": "3.0.0.0"}
UNKNOWN_VERSION = "1.0.0.1"  # no firmware has a patch for it


def compile_programs(checkout, folder):
    """Compiles the vendor's tools as they are shipped; returns their folder. Installs the compiler first."""
    log = folder / "compile.log"
    preset = [["cmake", "-S", checkout / ".cmake", "-B", folder / "build", "--preset", "release"],
              ["cmake", "--build", folder / "build", "--target", "update-feed", "update-firmware", "update-image"],
              ["cmake", "--install", folder / "build", "--component", "vendor", "--prefix", folder / "vendor"]]
    print(f"compiling our programs (log: {log})", flush=True)
    with open(log, "wb") as output:
        for command in [[checkout / "image/install-dependencies"], *preset]:
            words = [str(word) for word in command]
            done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False,
                                  cwd=checkout / ".cmake")
            if done.returncode != 0:
                raise BenchmarkError(f"{words[0]} failed; see {log}")
    return folder / "vendor/bin"


class Vendor:
    """Makes firmware from images, and the contestants that install it."""

    def __init__(self, program, workspace, server, base_device, target_device):
        self._program = Path(program)
        self._workspace = workspace
        self._server = server
        self._base = base_device
        self._target = target_device
        self._keys = workspace.artifact("keys", ["keys"], self._make_keys)
        self._trusted = self._keys / "trusted"

    def _call(self, *arguments):
        """Runs the program with its progress bar visible; a failure is a failure of the benchmark."""
        done = subprocess.run([str(self._program), *map(str, arguments)], stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise BenchmarkError(f"update-firmware {arguments[0]} failed ({done.returncode}); see above")

    def _make_keys(self, folder):
        self._call("keys", "--out", folder, "--name", "vendor")
        (folder / "trusted").mkdir()
        (folder / "trusted/vendor.pem").write_bytes((folder / "vendor.pem").read_bytes())

    def firmware(self, image, patch_from=()):
        """The firmware file of an image, with a patch from each of these images."""
        def make(path):
            manifest = self._workspace.folder / f"manifest-{image.name}.xml"
            manifest.write_text(MANIFEST.format(version=VERSIONS[image.name]))
            patches = [word for old in patch_from for word in ("--patch-from", f"{VERSIONS[old.name]}={old.path}")]
            self._call("build", "--manifest", manifest, "--image", image.path, "--key", self._keys / "vendor.key",
                       "--certificate", self._keys / "vendor.pem", "--output", path, *patches)
        return self._workspace.artifact(f"{image.name}.fw", [image, *patch_from, self._program], make)

    def contestant(self, name, group, firmware, image, **settings):
        """settings: start; over_network; base_version (adds the base device to the command)."""
        source = firmware
        options = []
        if settings.get("over_network"):
            source = self._server.https(self._workspace.serve(firmware))
            options += ["--ca", self._server.certificate_authority]
        if settings.get("base_version"):
            options += ["--base", self._base.path, "--base-version", settings["base_version"]]
        command = [self._program, "install", "--firmware", source, "--trusted", self._trusted, "--target",
                   self._target.path, "--json", *options]
        return Contestant(name, group, command, start=settings.get("start"), result=image.path, sources=[firmware],
                          read_report=lambda output: json.loads(output.splitlines()[-1]), own=True,
                          note=settings.get("note", ""))
