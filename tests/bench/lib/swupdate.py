"""SWUpdate as a contestant: signed bundles with the raw handler (from a file, over HTTP) and the delta handler."""

import os
import re
import subprocess

from lib.machine import CannotRun, run
from lib.rounds import Contestant
from lib.workspace import sha256_of

HARDWARE = "benchmark:1.0"

DESCRIPTION = """software = {{
    version = "1.0.0";
    hardware-compatibility: [ "1.0" ];
    images: ( {{ filename = "{name}"; device = "{device}"; sha256 = "{sha256}"; {more} }} );
}}
"""
RAW = 'type = "raw"; compressed = "zstd"; installed-directly = true;'
DELTA = 'type = "delta"; properties: {{ url = "{url}"; chain = "raw"; source = "{base}"; zckloglevel = "error"; }};'


class SwUpdate:
    def __init__(self, workspace, server, target_device, base_device):
        self._workspace = workspace
        self._server = server
        self._target = target_device.path
        self._base = base_device.path
        self._keys = workspace.artifact("swupdate-keys", ["rsa 2048"], make_certificate)

    def _bundle(self, name, content, more):
        def make(path):
            folder = path.with_name("swupdate-parts")
            run("rm", "-rf", folder)
            folder.mkdir()
            os.link(content.resolve(), folder / content.name)
            (folder / "sw-description").write_text(DESCRIPTION.format(
                name=content.name, device=self._target, sha256=sha256_of(content), more=more))
            run("openssl", "cms", "-sign", "-in", folder / "sw-description", "-out", folder / "sw-description.sig",
                "-signer", self._keys / "certificate.pem", "-inkey", self._keys / "key.pem", "-outform", "DER",
                "-nosmimecap", "-binary")
            with open(path, "wb") as output:
                names = "\n".join(["sw-description", "sw-description.sig", content.name])
                subprocess.run(["cpio", "--quiet", "-o", "-H", "crc"], input=names.encode(), stdout=output,
                               cwd=folder, check=True)
            run("rm", "-rf", folder)
        return self._workspace.artifact(name, [str(content), more, self._target, self._keys.name], make)

    def _command(self, *source):
        return ["swupdate", "-l", "1", "-H", HARDWARE, "-k", self._keys / "certificate.pem", *source]

    def raw(self, image, compressed, level, start, over_network):
        """The whole image, unpacked by the raw handler."""
        bundle = self._bundle(f"{image.name}-{level}.swu", compressed, RAW)
        where = "over HTTP" if over_network else "from a file"
        source = ["-i", bundle]
        if over_network:
            source = ["-d", f"-u {self._server.http(self._workspace.serve(bundle))} -r 1"]
        return Contestant(f"SWUpdate, signed, zstd -{level}, {where}", "SWUpdate", self._command(*source), start=start,
                          result=image.path, sources=[bundle], note=version())

    def delta(self, image, zchunk_file, header_bytes, group, start):
        """The delta handler: the bundle holds the header; range requests fetch the chunks that the base partition lacks."""
        def make_header(path):
            with open(zchunk_file, "rb") as whole:
                path.write_bytes(whole.read(header_bytes))
        header = self._workspace.artifact(f"{image.name}.zckheader", [str(zchunk_file)], make_header)
        more = DELTA.format(url=self._server.http(self._workspace.serve(zchunk_file)), base=self._base)
        bundle = self._bundle(f"{image.name}-delta.swu", header, more)
        source = ["-d", f"-u {self._server.http(self._workspace.serve(bundle))} -r 1"]
        return Contestant("SWUpdate delta (zchunk)", group, self._command(*source), start=start, result=image.path,
                          sources=[zchunk_file, bundle], note=version())


def make_certificate(folder):
    """A key and a self-signed certificate for SWUpdate and RAUC."""
    folder.mkdir()
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=benchmark",
        "-keyout", folder / "key.pem", "-out", folder / "certificate.pem",
        "-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=emailProtection,codeSigning")


def version():
    found = re.search(r"\d[\w.+~-]*", run("dpkg-query", "-W", "-f", "${Version}", "swupdate"))
    if not found:
        raise CannotRun("SWUpdate is not installed")
    return f"SWUpdate {found[0]}"
