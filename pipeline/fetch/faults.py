"""What goes wrong with a connection, in words for the report, and whether another try may help."""

from __future__ import annotations

import ssl

import anyio
import httpcore2
import httpx2

from pipeline.fetch.unpack import CutOff

#: Everything that a connection, a server or a hostile answer can make the libraries raise.
FAULTS = (
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.TimeoutException,
    httpx2.HTTPError,
    httpx2.InvalidURL,
    anyio.BrokenResourceError,
    anyio.ClosedResourceError,
    anyio.EndOfStream,
    CutOff,
    OSError,
    ValueError,
)


def describe(error: BaseException) -> str:
    """One line on a fault of the connection, in words of a reader of the report."""
    if tls := _tls_fault(error):
        return f"TLS: {getattr(tls, 'verify_message', None) or tls.reason or tls}"
    if isinstance(error, (httpcore2.TimeoutException, httpx2.TimeoutException)):
        return "no connection in time"
    text = " ".join(str(error).split())
    if isinstance(error, httpcore2.RemoteProtocolError):
        return f"the connection was cut off or the answer is not HTTP ({text})"
    return text or type(error).__name__


def is_hopeless(error: BaseException) -> bool:
    """Whether the same request again would fail the same way: bad certificates, bad compression, time-outs."""
    is_timeout = isinstance(error, (httpcore2.TimeoutException, httpx2.TimeoutException))
    return is_timeout or _tls_fault(error) is not None or isinstance(error, ValueError)


def _tls_fault(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
