#!/usr/bin/python3
"""The mail server behind the appliance: accepts every message and records its Message-ID.

Usage: sink.py RECORD ADDRESS. One line for each delivery, {"time": seconds, "id": "<…>", "subject": "…", "to": ["…"]},
written before the delivery is acknowledged."""
import asyncio
import email
import json
import sys
import time

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, path):
        self._file = open(path, "a")

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content)
        self._file.write(json.dumps({"time": time.time(), "id": message.get("Message-ID", "").strip(),
                                     "subject": message.get("Subject", ""), "to": envelope.rcpt_tos}) + "\n")
        self._file.flush()
        return "250 written down"


async def serve(record, address):
    sink, loop = Sink(record), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(sink, hostname="sink.lan.test", enable_SMTPUTF8=True, loop=loop),
                                      address, 25)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(*sys.argv[1:3]))
