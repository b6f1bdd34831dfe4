"""A signing key with its certificate. Signs whatever it is given."""
from dataclasses import dataclass
from pathlib import Path

from . import children


@dataclass
class Signer:
    certificate: Path
    key: Path

    def sign(self, content: bytes, folder: Path) -> bytes:
        """A detached CMS signature (RFC 5652) in DER."""
        plain, signature = folder / "to-sign", folder / "signature"
        plain.write_bytes(content)
        children.run(["openssl", "cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256", "-nosmimecap",
                      "-signer", self.certificate, "-inkey", self.key, "-in", plain, "-out", signature])
        return signature.read_bytes()
