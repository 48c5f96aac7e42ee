"""Keys and certificates, made for the tests by openssl."""

from __future__ import annotations

import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """Nobody trusts it who is not given it; thirty days, for 127.0.0.1, digest.example.org and feeds.example."""

    path: Path
    key: Path

    @classmethod
    def made_in(cls, folder: Path) -> Certificate:
        made = cls(folder / "cert.pem", folder / "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-keyout", made.key, "-out", made.path, "-days", "30", "-subj", "/CN=tests",
             "-addext", "subjectAltName=IP:127.0.0.1,DNS:digest.example.org,DNS:feeds.example"],
            check=True, capture_output=True,
        )  # fmt: skip
        return made

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path, self.key)
        return context

    def trusting_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.path)


def dkim_pair(bits: int = 2048) -> tuple[bytes, bytes]:
    """A private key, PEM, and its public half as DKIM records hold it."""
    private = subprocess.run(["openssl", "genrsa", "-traditional", str(bits)], capture_output=True, check=True).stdout
    public = subprocess.run(["openssl", "rsa", "-pubout"], input=private, capture_output=True, check=True).stdout
    return private, b"".join(line for line in public.splitlines() if not line.startswith(b"-"))
