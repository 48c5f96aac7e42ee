"""The edition by mail: who gets it, one message each, never twice."""

from __future__ import annotations

from pipeline.deliver.ledger import plan_deliveries, settle
from pipeline.deliver.report import SendReport
from pipeline.deliver.send import send_edition
from pipeline.deliver.settings import Deadlines, DkimSettings, SmtpSettings

__all__ = [
    "Deadlines",
    "DkimSettings",
    "SendReport",
    "SmtpSettings",
    "plan_deliveries",
    "send_edition",
    "settle",
]
