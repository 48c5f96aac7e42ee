"""Links that one reader can use and nobody can guess, and addresses that can be recognised but not read back."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Literal

Purpose = Literal["unsubscribe", "confirm", "preferences"]


def token_for(secret: bytes, purpose: Purpose, subscriber: str) -> str:
    """A token for one purpose and one subscriber; 192 bits that only the holder of the secret can make."""
    return f"{subscriber}.{_mac(secret, f'token/{purpose}', subscriber)[:32]}"


def subscriber_of(secret: bytes, purpose: Purpose, token: str) -> str | None:
    """Whose token it is; None for one that is altered, made up or meant for something else."""
    subscriber, _, _ = token.partition(".")
    expected = token_for(secret, purpose, subscriber)
    is_genuine = hmac.compare_digest(_octets(expected), _octets(token))
    return subscriber if is_genuine else None


def address_mac(secret: bytes, address_key: str) -> str:
    """What the suppression list keeps of an address."""
    return _mac(secret, "address", address_key)


def _mac(secret: bytes, purpose: str, text: str) -> str:
    digest = hmac.new(secret, _octets(f"{purpose}\0{text}"), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _octets(text: str) -> bytes:
    """Whatever people put into a link, lone surrogates included."""
    return text.encode("utf-8", "surrogatepass")
