"""Firmware files that an appliance must not install, made from a good one. Changes only its own copies."""
import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from virtual_lab import children
from virtual_lab.signer import Signer


def unknown_signer(folder: Path) -> Signer:
    """A key pair that no appliance trusts."""
    signer = Signer(folder / "unknown.crt", folder / "unknown.key")
    children.run(["openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "30", "-subj", "/CN=nobody known",
                  "-keyout", signer.key, "-out", signer.certificate])
    return signer


class Bundle:
    """The parts of a firmware file. The image and what follows it stay in the original file."""

    def __init__(self, path: Path):
        self.path = path
        with tarfile.open(path) as archive:
            members = {member.name: member for member in archive}
            self.manifest, self.signature, self.chunks = (
                archive.extractfile(members[name]).read() for name in ("manifest.xml", "manifest.sig", "chunks"))
        self.image_offset, self.image_bytes = members["image"].offset_data, members["image"].size

    def with_manifest(self, pattern: str, replacement: str) -> bytes:
        """The manifest with one change; an error if nothing matches."""
        text, count = re.subn(pattern, replacement, self.manifest.decode(), flags=re.S)
        if count == 0:
            raise RuntimeError(f"the manifest of {self.path} has nothing like {pattern}")
        return text.encode()

    def manifest_without_partial_fetch(self) -> bytes:
        """The manifest of a firmware that can only be fetched as a whole: no unit index, no patches."""
        return re.sub(r"\s*<units\b[^>]*/>|\s*<patches>.*?</patches>", "", self.manifest.decode(), flags=re.S).encode()

    def write(self, target: Path, manifest: bytes, signature: bytes, chunks: bytes | None = None) -> Path:
        """Writes a firmware file with these parts, and with the image and what follows it unchanged: the manifest locates
        that by its offset from the image's first byte."""
        with open(target, "wb") as file, open(self.path, "rb") as source:
            for name, content in (("manifest.xml", manifest), ("manifest.sig", signature),
                                  ("chunks", self.chunks if chunks is None else chunks)):
                file.write(_header(name, len(content)) + content + bytes(-len(content) % tarfile.BLOCKSIZE))
            file.write(_header("image", self.image_bytes))
            source.seek(self.image_offset)
            shutil.copyfileobj(source, file)
        return target


def _header(name: str, size: int) -> bytes:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    return entry.tobuf(tarfile.PAX_FORMAT)


def flipped_byte(good: Bundle, target: Path, signer: Signer) -> Path:
    """One bit in the middle of the image differs, and the image can only be fetched as a whole."""
    manifest = good.manifest_without_partial_fetch()
    bad = Bundle(good.write(target, manifest, signer.sign(manifest, target.parent)))
    with open(target, "r+b") as file:
        file.seek(bad.image_offset + bad.image_bytes // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 1]))
    return target


def truncated(good: Bundle, target: Path) -> Path:
    """Ends after three quarters."""
    shutil.copyfile(good.path, target)
    with open(target, "r+b") as file:
        file.truncate(good.image_offset + good.image_bytes * 3 // 4)
    return target


def wrong_signature(good: Bundle, target: Path, signer: Signer) -> Path:
    """Signed by the right key, but the signature is of another manifest."""
    return good.write(target, good.manifest, signer.sign(good.manifest + b"<!-- another -->", target.parent))


def unknown_key(good: Bundle, target: Path) -> Path:
    return good.write(target, good.manifest, unknown_signer(target.parent).sign(good.manifest, target.parent))


def other_product(good: Bundle, target: Path, signer: Signer) -> Path:
    manifest = good.with_manifest(r"<product>[^<]*</product>", "<product>other-appliance</product>")
    return good.write(target, manifest, signer.sign(manifest, target.parent))


def needs_newer_version(good: Bundle, target: Path, signer: Signer, version: str) -> Path:
    """Can be installed only from that version on. Its own version is the same one: a version below its own minimum would
    be refused as invalid."""
    manifest = good.with_manifest(r"<version>[^<]*</version>(\s*)<minimum-version[^>]*>[^<]*</minimum-version>",
                                  rf"<version>{version}</version>\1"
                                  rf'<minimum-version install-first="{version}">{version}</minimum-version>')
    return good.write(target, manifest, signer.sign(manifest, target.parent))


def too_large(good: Bundle, target: Path, signer: Signer, more_bytes: int = 2 << 30) -> Path:
    """The image continues with zeros past the end of any system partition."""
    chunk_bytes = 4 << 20
    lines = good.chunks.decode().splitlines()
    raw_bytes = sum(int(line.split()[1]) for line in lines[1:])
    if raw_bytes % chunk_bytes:
        raise RuntimeError("the image is no multiple of the chunk size: its last chunk could not be followed by others")
    chunks = ("\n".join(lines + [f"zero {chunk_bytes} 0 - -"] * (more_bytes // chunk_bytes)) + "\n").encode()
    changed, count = re.subn(r'<image bytes="\d+"', f'<image bytes="{raw_bytes + more_bytes}"',
                             good.manifest_without_partial_fetch().decode())
    if count != 1:
        raise RuntimeError(f"the manifest of {good.path} does not say how long the image is")
    changed = re.sub(r"<chunks[^>]*/>", f'<chunks hash-algorithm="sha256" hash="{hashlib.sha256(chunks).hexdigest()}" '
                     f'bytes="{len(chunks)}"/>', changed)
    return good.write(target, changed.encode(), signer.sign(changed.encode(), target.parent), chunks)
