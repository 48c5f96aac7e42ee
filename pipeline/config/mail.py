"""The section of feeds.yaml that says how an edition is mailed, and where its public pages are."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, field_validator, model_validator

from pipeline.config.values import FilePath, Section
from pipeline.text.mailbox import ascii_host, ascii_url, is_host, one_mailbox


class MailSettings(Section):
    """`mail:` how the edition is sent; user name and password come from the environment."""

    host: str = Field("localhost", description="SMTP server.")
    port: int = Field(25, ge=1, le=65535, description="Its port: 25, 465 (tls) or 587 (starttls).")
    security: Literal["starttls", "tls", "none"] | None = Field(
        None,
        description='Encryption; by default "none" for a server on this machine (no other may have it), else "tls" on '
        'port 465 and "starttls" elsewhere.',
    )
    ca_file: FilePath | None = Field(None, description="PEM file of certificates to trust instead of the system's.")
    sender: str | None = Field(None, description='From: "Name <address>"; needed to send.')
    reply_to: str | None = Field(None, description='Reply-To: an address, or "Name <address>".')
    list_id: str | None = Field(None, description="List-Id (RFC 2919), such as cyberdigest.example.org.")
    public_url: str | None = Field(
        None, description="Public https address of `cyberdigest public`; switches its pages on."
    )
    signup: bool = Field(True, description="Whether anybody may subscribe there (with `public_url`).")
    signups_per_hour: int = Field(100, ge=1, le=10_000, description="Maximum confirmation mails per hour.")
    archive: Literal["mailed", "all", "none"] = Field(
        "mailed",
        description="Editions shown there (with public_url): those that were mailed, or all (with `approval`: those an "
        "editor approved).",
    )
    unsubscribe_url: str | None = Field(
        None, description="https address of the one-click unsubscribe page; by default the one under public_url."
    )
    unsubscribe_mailto: str | None = Field(
        None, description="Address for unsubscribing by mail; `cyberdigest inbox` reads what arrives."
    )
    bounce_address: str | None = Field(
        None,
        description='Envelope sender, where bounces go; "{subscriber}" in it becomes the reader\'s id. '
        "`cyberdigest inbox` reads them.",
    )
    per_second: float = Field(5.0, gt=0, description="Maximum messages per second.")
    per_hour: int | None = Field(None, ge=1, description="Maximum messages per hour, for providers with a limit.")
    approval: bool = Field(
        False, description="Send only editions that an editor has approved (at the desk, or by `edition approve`)."
    )
    dkim_selector: str | None = Field(None, description="Sign messages by DKIM under this selector (with `dkim_key`).")
    dkim_key: FilePath | None = Field(
        None, description="RSA key for that, PEM, 2048 bits or more. Most mail servers sign by themselves."
    )

    def public_page(self, path: str) -> str | None:
        """Address of a public page, None when there are none."""
        return f"{self.public_url.rstrip('/')}/{path}" if self.public_url else None

    def archived(self, edition: str) -> str | None:
        """Address of an edition in the public archive, None when there is none."""
        return self.public_page(f"archive/{edition}") if self.archive != "none" else None

    @field_validator("host")
    @classmethod
    def _host_is_a_name(cls, value: str) -> str:
        if not is_host(value):
            raise ValueError("a name or address is expected, such as smtp.example.org")
        return value

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_a_mailbox(cls, value: str | None) -> str | None:
        try:
            return value if value is None else str(one_mailbox(value))
        except ValueError as error:
            raise ValueError("an address is expected, such as 'Name <digest@example.org>'") from error

    @field_validator("bounce_address", "unsubscribe_mailto")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        try:
            return value if value is None else one_mailbox(value).addr_spec
        except ValueError as error:
            raise ValueError("an address is expected, such as leave@example.org") from error

    @field_validator("list_id")
    @classmethod
    def _list_id_is_ascii(cls, value: str | None) -> str | None:
        return value if value is None else ascii_host(value)

    @field_validator("unsubscribe_url")
    @classmethod
    def _unsubscribe_url_is_ascii(cls, value: str | None) -> str | None:
        return value if value is None else ascii_url(value)

    @field_validator("public_url")
    @classmethod
    def _public_url_is_https(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https://[^/\s?#@<>\"]+(/[^\s?#<>\"]*)?", value):
            raise ValueError("an https address without query is expected, such as https://digest.example.org")
        return value if value is None else ascii_url(value)

    @model_validator(mode="after")
    def _dkim_is_whole(self) -> MailSettings:
        if (self.dkim_selector is None) != (self.dkim_key is None):
            raise ValueError("dkim_selector and dkim_key belong together")
        return self
