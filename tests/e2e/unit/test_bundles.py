"""Each damaged firmware file differs from the good one in exactly the way it says."""
import hashlib
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

from harness import bundles
from virtual_lab.signer import Signer

MANIFEST = b"""<firmware format="3"><product>mailsec-appliance</product>
<version>2.8.1.0</version> <minimum-version install-first="2.8.0.0">2.8.0.0</minimum-version>
<image bytes="8388608"/><chunks hash-algorithm="sha256" hash="00" bytes="100"/>
<units offset="1536" bytes="4" sha256="00"/>
<patches><patch from="2.8.0.0"><index offset="2560" bytes="1" sha256="00"/></patch></patches></firmware>
"""
CHUNKS = b"update-control chunks 2\nzstd-units 4194304 1000 aa bb\nzero 4194304 0 - -\n"
IMAGE = bytes(range(250)) * 4
# Padding, another entry of the archive, and its end.
BEHIND = bytes(24) + tarfile.TarInfo("units").tobuf(tarfile.PAX_FORMAT) + bytes(1024)


class Bundles(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = Path(place.name)
        self.signer = bundles.unknown_signer(self.folder)
        self.good = self.make_good()

    def make_good(self) -> bundles.Bundle:
        image = self.folder / "image"
        image.write_bytes(IMAGE + BEHIND)
        empty = bundles.Bundle.__new__(bundles.Bundle)
        empty.path, empty.image_offset, empty.image_bytes = image, 0, len(IMAGE)
        target = empty.write(self.folder / "good.fw", MANIFEST, self.signer.sign(MANIFEST, self.folder), CHUNKS)
        return bundles.Bundle(target)

    def signature_fits(self, bundle: bundles.Bundle) -> bool:
        (self.folder / "m").write_bytes(bundle.manifest)
        (self.folder / "s").write_bytes(bundle.signature)
        return subprocess.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", self.folder / "s", "-content",
                               self.folder / "m", "-CAfile", self.signer.certificate, "-purpose", "any", "-out",
                               "/dev/null"], capture_output=True).returncode == 0

    def test_the_good_one_is_good(self):
        self.assertTrue(self.signature_fits(self.good))
        content = self.good.path.read_bytes()
        self.assertEqual(content[self.good.image_offset:], IMAGE + BEHIND)
        self.assertEqual(self.good.image_bytes, len(IMAGE))

    def test_flipped_byte(self):
        bad = bundles.Bundle(bundles.flipped_byte(self.good, self.folder / "bad.fw", self.signer))
        self.assertTrue(self.signature_fits(bad))
        self.assertNotRegex(bad.manifest, b"units|patch")
        pairs = zip(IMAGE + BEHIND, bad.path.read_bytes()[bad.image_offset:], strict=True)
        self.assertEqual([position for position, (one, two) in enumerate(pairs) if one != two], [len(IMAGE) // 2])

    def test_truncated(self):
        bad = bundles.truncated(self.good, self.folder / "bad.fw").read_bytes()
        self.assertEqual(bad, self.good.path.read_bytes()[:len(bad)])
        self.assertLess(len(bad), self.good.image_offset + len(IMAGE))

    def test_wrong_signature_belongs_to_another_manifest(self):
        bad = bundles.Bundle(bundles.wrong_signature(self.good, self.folder / "bad.fw", self.signer))
        self.assertEqual(bad.manifest, self.good.manifest)
        self.assertFalse(self.signature_fits(bad))

    def test_unknown_key(self):
        signer = self.signer
        kept = Signer(self.folder / "kept.crt", self.folder / "kept.key")
        signer.certificate.rename(kept.certificate), signer.key.rename(kept.key)
        self.signer = kept
        self.assertTrue(self.signature_fits(self.good))
        self.assertFalse(self.signature_fits(bundles.Bundle(bundles.unknown_key(self.good, self.folder / "bad.fw"))))

    def test_changed_manifests_are_signed_by_the_right_key(self):
        cases = {
            "<product>other-appliance</product>": bundles.other_product(self.good, self.folder / "1.fw", self.signer),
            '<version>2.9.0.0</version> <minimum-version install-first="2.9.0.0">2.9.0.0<': bundles.needs_newer_version(self.good, self.folder / "2.fw", self.signer,
                                                                           "2.9.0.0"),
        }
        for text, path in cases.items():
            with self.subTest(text):
                bad = bundles.Bundle(path)
                self.assertIn(text, bad.manifest.decode())
                self.assertTrue(self.signature_fits(bad))

    def test_too_large_is_consistent(self):
        bad = bundles.Bundle(bundles.too_large(self.good, self.folder / "bad.fw", self.signer, more_bytes=8 << 20))
        self.assertTrue(self.signature_fits(bad))
        self.assertIn(f'<image bytes="{16 << 20}"/>', bad.manifest.decode())
        self.assertIn(f'hash="{hashlib.sha256(bad.chunks).hexdigest()}" bytes="{len(bad.chunks)}"', bad.manifest.decode())
        self.assertEqual(bad.chunks, CHUNKS + b"zero 4194304 0 - -\n" * 2)


if __name__ == "__main__":
    unittest.main()
