"""Parts of the end-to-end harness: a LAN, a mail server on each side, an appliance in QEMU."""
