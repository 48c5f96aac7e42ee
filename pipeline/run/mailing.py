"""What sending asks of the settings, and of an edition: the mail server, and each reader's message."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from markupsafe import escape

from pipeline.compose import for_topics
from pipeline.config import Config
from pipeline.deliver import DkimSettings, SmtpSettings
from pipeline.deliver.letters import Render
from pipeline.deliver.message import preferences_url, unsubscribe_mail, unsubscribe_url
from pipeline.deliver.settings import is_loopback
from pipeline.deliver.tokens import token_for
from pipeline.errors import ConfigError, InputError
from pipeline.model import Edition, Subscriber
from pipeline.render import render
from pipeline.render.subject import subject_of
from pipeline.text.mailbox import one_mailbox


def smtp_settings(config: Config) -> SmtpSettings:
    """The mail settings with the secrets of the environment.

    Raises:
        ConfigError: No sender is configured.
    """
    mail = config.settings.mail
    if mail.sender is None:
        raise ConfigError(f"{config.path}: mail.sender", "is needed to send: 'Name <address>'")
    return SmtpSettings(
        host=mail.host,
        port=mail.port,
        username=config.smtp_username,
        password=config.smtp_password,
        security=mail.security or _default_security(mail.host, mail.port),
        ca_file=str(mail.ca_file) if mail.ca_file else None,
        sender=mail.sender,
        reply_to=mail.reply_to,
        list_id=mail.list_id,
        unsubscribe_base_url=mail.unsubscribe_url or mail.public_page("unsubscribe"),
        preferences_base_url=mail.public_page("preferences"),
        unsubscribe_mailto=mail.unsubscribe_mailto,
        subscribe_url=mail.public_page("subscribe") if mail.signup else None,
        archive_url=mail.public_page("archive") if mail.archive != "none" else None,
        bounce_address=mail.bounce_address,
        per_second=mail.per_second,
        per_hour=mail.per_hour,
        dkim=_dkim(config, mail.sender),
    )


def _default_security(host: str, port: int) -> Literal["starttls", "tls", "none"]:
    """A server on this machine rarely has a certificate that proves anything, and nobody listens in between."""
    if port == 465:
        return "tls"
    return "none" if is_loopback(host) else "starttls"


def _dkim(config: Config, sender: str) -> DkimSettings | None:
    mail = config.settings.mail
    if mail.dkim_key is None or mail.dkim_selector is None:
        return None
    try:
        key = mail.dkim_key.read_bytes()
    except OSError as error:
        raise ConfigError(f"{config.path}: mail.dkim_key", f"cannot be read: {error.strerror}") from error
    return DkimSettings(domain=one_mailbox(sender).domain, selector=mail.dkim_selector, private_key=key)


def letters_of(edition: Edition, settings: SmtpSettings, secret: bytes, templates: Path | None = None) -> Render:
    """Makes a reader's message (subject, HTML, text): the topics wanted, with links of the reader's own.

    Args:
        edition: As it stands.
        settings: Where the links lead.
        secret: Signs the links.
        templates: Folder whose templates go before ours.
    Returns:
        The maker; it raises InputError where a template is broken, or shows readers no way to leave.
    """

    def made(reader: Subscriber) -> tuple[str, str, str]:
        mine = for_topics(edition, reader.topics)
        token = token_for(secret, "unsubscribe", reader.id)
        link = unsubscribe_url(settings, token) or unsubscribe_mail(settings, token)
        choices = preferences_url(settings, token_for(secret, "preferences", reader.id))
        html = render(mine, "mail", templates=templates, unsubscribe_url=link, preferences_url=choices)
        text = render(mine, "text", templates=templates, unsubscribe_url=link, preferences_url=choices)
        for name, body in (("mail.html", html), ("edition.txt", text)):
            if link and link not in body and escape(link) not in body:
                raise InputError(name, "has no unsubscribe link: it must contain `edition.unsubscribe_url`")
        return subject_of(mine), html, text

    return made
