"""Forged feeds, made from one that a vendor has published."""
import tempfile
import unittest
from pathlib import Path

from harness import bundles, forged_feeds
from virtual_lab import children
from virtual_lab.feed import Document, Feed

FEED = (b'<?xml version="1.0"?>\n<feed format="1" product="p" serial="7" issued="2026-11-21T10:00:00Z" '
        b'expires="2026-12-21T10:00:00Z">\n  <firmware version="2.8.1.0" released="2026-11-20T10:00:00Z"/>\n</feed>\n')


class Lists(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.feed = Feed(self.folder / "list")
        forged_feeds.show(self.feed, Document(FEED, b"a signature"))

    def test_a_shown_document_is_current(self):
        self.assertEqual(self.feed.current(), Document(FEED, b"a signature"))
        self.assertEqual(self.feed.current().serial, 7)

    def test_the_next_one_has_the_given_dates_and_signature_and_is_not_published(self):
        signer = bundles.unknown_signer(self.folder)
        made = forged_feeds.next_one(self.feed, signer, issued_days_ago=40, good_for_days=30)
        self.assertEqual(made.serial, 8)
        self.assertIn(b'<firmware version="2.8.1.0" released="2026-11-20T10:00:00Z"/>', made.text)
        self.assertEqual(len(made.text), len(FEED))
        self.assertNotIn(b'issued="2026-11-21T10:00:00Z"', made.text)
        self.assertNotIn(b'expires="2026-12-21T10:00:00Z"', made.text)
        for name, content in (("text", made.text), ("signature", made.signature)):
            (self.folder / name).write_bytes(content)
        children.run(["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", self.folder / "signature", "-content",
                      self.folder / "text", "-CAfile", signer.certificate, "-purpose", "any", "-out", "/dev/null"])
        self.assertEqual(self.feed.current().text, FEED)

    def test_a_feed_without_a_serial_number_is_an_error(self):
        forged_feeds.show(self.feed, Document(FEED.replace(b" serial=", b" number="), b""))
        with self.assertRaises(RuntimeError):
            forged_feeds.next_one(self.feed, bundles.unknown_signer(self.folder))


if __name__ == "__main__":
    unittest.main()
