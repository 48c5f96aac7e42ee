"""The nouns of cyberdigest: what flows between the stages.

Every value is frozen, slotted and built by keyword. Datetimes are aware UTC, spans of time are `timedelta`,
unknown is None (never ""), sequences are tuples. Offsets are code points into `Article.text` or a title.
Nothing here imports anything else of ours.
"""

from __future__ import annotations

from pipeline.model.articles import Article, Evidence, Fact, FactType, Junk, Removed, TextField, TextOrigin
from pipeline.model.editions import (
    Card,
    CardSentence,
    Coverage,
    Edition,
    EditionFormat,
    Problem,
    Section,
    Sibling,
    Source,
    Translation,
    edition_id,
)
from pipeline.model.feeds import Entry, Feed, FeedFailure, FeedKind, FeedState, Page, Triage
from pipeline.model.readers import Delivery, DeliveryState, Signup, SignupState, Subscriber, SubscriberState
from pipeline.model.stories import RankPart, RankSign, Story, StoryStatus, SummarySentence, TopicSpec

__all__ = [
    "Article",
    "Card",
    "CardSentence",
    "Coverage",
    "Delivery",
    "DeliveryState",
    "Edition",
    "EditionFormat",
    "Entry",
    "Evidence",
    "Fact",
    "FactType",
    "Feed",
    "FeedFailure",
    "FeedKind",
    "FeedState",
    "Junk",
    "Page",
    "Problem",
    "RankPart",
    "RankSign",
    "Removed",
    "Section",
    "Sibling",
    "Signup",
    "SignupState",
    "Source",
    "Story",
    "StoryStatus",
    "Subscriber",
    "SubscriberState",
    "SummarySentence",
    "TextField",
    "TextOrigin",
    "TopicSpec",
    "Translation",
    "Triage",
    "edition_id",
]
