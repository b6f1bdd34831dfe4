"""Our own firmware: one file for each image, with patches from all before it."""
import subprocess
from pathlib import Path

from .setting import VERSIONS, Setting, once

TEMPLATE = """<firmware format="2"><product>bench</product><hardware>bench</hardware>
<version>{version}</version><minimum-version>1.0.0.0</minimum-version><conversions migration="no"/>
<release-notes>for measuring</release-notes><license>none</license></firmware>
"""


class Ours:
    def __init__(self, setting: Setting, published: Path):
        self._setting, self._folder = setting, setting.work / "ours"
        if not (self._folder / "vendor.key").exists():
            subprocess.run([setting.tool, "keys", "--out", self._folder, "--name", "vendor"], check=True,
                           stdout=subprocess.DEVNULL)
            (self._folder / "trusted").mkdir(exist_ok=True)
            (self._folder / "trusted" / "vendor.pem").write_bytes((self._folder / "vendor.pem").read_bytes())
        self._published = published

    def firmware(self, name: str, *bases: str) -> Path:
        template = self._folder / f"{name}.xml"
        template.write_text(TEMPLATE.format(version=VERSIONS[name]))
        patches = " ".join(f"--patch-from {VERSIONS[base]}={self._setting.images[base]}" for base in bases)
        return once(self._published / f"{name}.fw",
                    f"{self._setting.tool} build --manifest {template} --image {self._setting.images[name]} "
                    f"--key {self._folder}/vendor.key --certificate {self._folder}/vendor.pem --output $out {patches}")

    def install(self, source: str, device: str, server=None, base: str | None = None, base_version: str = "") -> str:
        command = f"{self._setting.tool} install --firmware {source} --trusted {self._folder}/trusted --target {device} --json"
        if server:
            command += f" --ca {server.certificate_authority}"
        if base:
            command += f" --base {base} --base-version {base_version}"
        return command
