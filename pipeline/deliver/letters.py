"""The message that one reader gets of an edition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.deliver.message import build_message
from pipeline.deliver.settings import SmtpSettings
from pipeline.deliver.tokens import token_for
from pipeline.errors import DeliveryError
from pipeline.model import Delivery, Edition, Subscriber

#: Subject, HTML and plain text of one reader's message.
Render = Callable[[Subscriber], tuple[str, str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letters:
    """Makes the messages of one edition."""

    edition: Edition
    render: Render
    settings: SmtpSettings
    #: Signs the unsubscribe links.
    secret: bytes = field(repr=False)

    def octets(self, delivery: Delivery, subscriber: Subscriber, date: datetime) -> bytes:
        """The whole message; the same for every try.

        Args:
            delivery: Gives the Message-ID.
            subscriber: The reader as frozen.
            date: When the recipients were frozen.
        Raises:
            MailboxError: No message can be made for this reader's address.
            DeliveryError: None can be built for anybody; permanent.
        """
        subject, html, text = self.render(subscriber)
        try:
            return build_message(
                self.settings,
                to=subscriber.address,
                subject=subject,
                html=html,
                text=text,
                message_id=delivery.message_id,
                date=date,
                language=self.edition.language,
                token=token_for(self.secret, "unsubscribe", subscriber.id),
            )
        except ValueError as error:
            raise DeliveryError(f"{self.edition.id}: the message cannot be built: {error}", permanent=True) from error
