"""A lab on one machine: a LAN with the vendor's download server, a mail server on each side, and one appliance in QEMU.

The demo and the end-to-end tests use it. It checks nothing and knows no scenario."""
