"""`cyberdigest public`."""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.options import config_option, data_option, load, now, open_store


@click.command()
@config_option
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; a proxy stands before it.")
@click.option("--port", type=click.IntRange(1, 65535), default=8001, show_default=True, help="Port to listen on.")
def public(config_path: Path | None, data: Path | None, host: str, port: int) -> int:
    """Serve the page behind the unsubscribe links (mail.unsubscribe_url).

    Put a web server with https before it that hands these addresses on. Opening a link asks; the button, or the mail
    program's own one-click POST, unsubscribes.
    """
    import uvicorn

    from pipeline.web.public import create_app

    config = load(config_path)
    settings = config.settings.edition
    with open_store(data) as store:
        click.echo(f"Unsubscribe pages at http://{host}:{port}/ (stop with Ctrl-C)", err=True)
        secret = config.secret.encode() if config.secret else None
        app = create_app(store, title=settings.title, language=settings.languages[0], now=now, secret=secret)
        # Addresses hold tokens: no access log.
        uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False, access_log=False)
    return 0
