"""A name server on a loopback port that answers from a table a test writes down; it never asks anybody."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

#: (name, kind) -> records in zone-file form; a rcode's name in place of records: that answer; None: silence.
Table = dict[tuple[str, str], "Sequence[str] | str | None"]


class NameServer:
    """`with NameServer({("example.org", "TXT"): ['"v=spf1 -all"']}) as server: server.address`."""

    def __init__(self, table: Table) -> None:
        self.table, self.asked = table, list[tuple[str, str]]()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._socket.getsockname()[1]}"

    def __enter__(self) -> NameServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        port = self._socket.getsockname()[1]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as end:
            end.sendto(b"", ("127.0.0.1", port))
        self._thread.join(5)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            octets, sender = self._socket.recvfrom(4096)
            if not octets:
                return
            answer = self._answer(dns.message.from_wire(octets))
            if answer is not None:
                self._socket.sendto(answer.to_wire(), sender)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        known = self.table.get((name, kind), ())
        if known is None:
            return None
        if isinstance(known, str):
            answer.set_rcode(dns.rcode.from_text(known))
        elif known:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *known))
        elif not any(other == name for other, _ in self.table):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer
