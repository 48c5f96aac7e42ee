"""`cyberdigest public`: the pages for the world, and the outbox behind its form."""

from __future__ import annotations

import logging
import platform
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipeline.cli.listen import serve_app
from pipeline.cli.options import (
    config_option,
    data_option,
    leavers,
    links_secret,
    load,
    now,
    open_store,
    templates_option,
)
from pipeline.errors import DeliveryError, DigestError

if TYPE_CHECKING:
    from pipeline.config import Config, MailSettings
    from pipeline.deliver.leaving import Leavers
    from pipeline.deliver.signup_mail import Outbox
    from pipeline.store import Store
    from pipeline.store.archive import Rule
    from pipeline.web.public_site import Site

#: A message that is on its way may end before the program does.
_LAST_SECONDS = 30.0
#: Before the next try after a fault.
_AGAIN = 60.0
#: So long a visitor waits for a database that is locked.
_PATIENCE = 5.0
_SETTLE_EVERY = 2.0

_log = logging.getLogger(__name__)


@click.command()
@config_option
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on, behind a web server.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="Port to listen on.")
@click.option(
    "--proxy", default="127.0.0.1", show_default=True,
    help="Address of the web server in front, whose X-Forwarded-For is trusted.",
)  # fmt: skip
@templates_option
@click.option("--adopt", is_flag=True, help="Make this machine the one that mails confirmations, after a move.")
def public(
    config_path: Path | None,
    data: Path | None,
    host: str,
    port: int,
    proxy: str,
    templates: Path | None,
    adopt: bool,
) -> int:
    """Serve the public pages: sign-up, confirmation, unsubscribe, past editions, Atom feed.

    With mail.public_url all of them; without it only the page behind the unsubscribe links. Put a web server with https
    in front. Opening a link changes nothing; a button, or a mail program's one-click POST, does. Confirmations are
    mailed from here, by the settings of `mail`.
    """
    from pipeline.deliver.signup import KEPT_FOR, OPEN_FOR
    from pipeline.web.public import create_app
    from pipeline.web.server import settings

    config = load(config_path)
    site = site_of(config, templates)
    with open_store(data) as store, open_store(data, busy_seconds=_PATIENCE) as quick:
        store.tidy_signups(now=now(), open_for=OPEN_FOR, keep=KEPT_FOR)
        secret, gone = links_secret(config, store), leavers(data)
        with (
            _until_told_to_stop(),
            _settling(store, gone, secret),
            _sending(store, config, site, secret, adopt=adopt) as wake,
        ):
            app = create_app(quick, site, now=now, secret=secret, wake=wake, leavers=gone)
            pages = "Public pages" if site.url else "Unsubscribe pages"
            serve_app(app, pages, host=host, port=port, **settings(proxy=proxy))
    return 0


def site_of(config: Config, templates: Path | None = None) -> Site:
    """The newsletter as its settings show it to the world."""
    from pipeline.classify import BUILT_IN
    from pipeline.web.public_site import Site

    edition, mail = config.settings.edition, config.settings.mail
    own = {spec.name: spec.titles for spec in BUILT_IN}
    topics = tuple(replace(spec, titles={**own.get(spec.name, {}), **spec.titles}) for spec in config.topics)
    return Site(
        title=edition.title,
        languages=tuple(edition.languages),
        topics=topics,
        publisher=edition.publisher,
        url=mail.public_url,
        signups_per_hour=mail.signups_per_hour if mail.public_url and mail.signup else None,
        archive=_archive_rule(mail),
        templates=templates or edition.templates,
    )


def _archive_rule(mail: MailSettings) -> Rule | None:
    """Where editors have to approve what is mailed, "all" means all they approved."""
    if mail.archive == "none":
        return None
    return "approved" if mail.archive == "all" and mail.approval else mail.archive


@contextmanager
def _until_told_to_stop() -> Iterator[None]:
    """The web server stops at SIGTERM and raises it once more; the outbox still has a message in hand."""
    before = signal.signal(signal.SIGTERM, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _sending(store: Store, config: Config, site: Site, secret: bytes, *, adopt: bool) -> Iterator[Callable[[], None]]:
    """Send confirmations beside the pages; gives what wakes the sender."""
    if site.signups_per_hour is None:
        yield lambda: None
        return
    from pipeline.deliver.signup_mail import Outbox
    from pipeline.run.mailing import smtp_settings
    from pipeline.web.public_signup import confirmation

    settings = smtp_settings(config)
    host = platform.node().encode()
    if store.setting("confirming-host", host, replace=adopt) != host:
        reason = "this database last mailed confirmations from another machine; if it has moved here for good, --adopt"
        raise DeliveryError(reason, permanent=True)
    is_over, is_wanted = threading.Event(), threading.Event()
    outbox = Outbox(
        store,
        settings,
        confirm_url=site.address("confirm"),
        compose=confirmation(site, config.settings.edition.timezone),
        secret=secret,
        per_hour=site.signups_per_hour,
        should_stop=is_over.is_set,
    )
    thread = threading.Thread(target=_keep_sending, args=(outbox, is_wanted, is_over), name="outbox", daemon=True)
    thread.start()
    try:
        yield is_wanted.set
    finally:
        is_over.set()
        is_wanted.set()
        thread.join(_LAST_SECONDS)


@contextmanager
def _settling(store: Store, gone: Leavers, secret: bytes) -> Iterator[None]:
    """See to it, beside the pages, that whoever left while the database was locked is out of it."""
    is_over = threading.Event()

    def settle() -> None:
        while True:
            try:
                gone.settle(store, secret=secret, now=now())
            except (DigestError, OSError) as error:
                _log.error("readers who left wait for the database: %s", error)
            if is_over.wait(_SETTLE_EVERY):
                return

    thread = threading.Thread(target=settle, name="leavers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(_LAST_SECONDS)


def _keep_sending(outbox: Outbox, is_wanted: threading.Event, is_over: threading.Event) -> None:
    """Work when somebody has signed up, and from time to time; whatever goes wrong is tried again."""
    while True:
        is_wanted.clear()
        if is_over.is_set():
            return
        try:
            seconds = outbox.work(now())
        except DigestError as error:
            _log.error("confirmations: %s", error)
            seconds = _AGAIN
        except Exception as error:  # noqa: BLE001 - a fault of ours must not end confirmations until somebody looks
            _log.error("confirmations: %s", type(error).__name__)  # its words might hold an address
            seconds = _AGAIN
        is_wanted.wait(seconds)
