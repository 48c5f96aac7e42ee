"""The door for new readers: the form, and the page behind the link in the confirmation mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from pipeline.deliver.signup import Wish, ask, confirm, look, refuse
from pipeline.errors import InputError
from pipeline.model import Signup
from pipeline.render.wording import Wording, wording
from pipeline.web.public_readers import Readers, chosen_topics, preferences_link
from pipeline.web.public_site import Pages, Site, read_form, refuse_strangers

#: A field that people do not see; programs that fill in every field give themselves away.
TRAP = "website"


class SignupPages:
    """Asks by mail before anybody is subscribed."""

    def __init__(
        self,
        store: Readers,
        pages: Pages,
        *,
        now: Callable[[], datetime],
        secret: bytes,
        wake: Callable[[], None],
    ) -> None:
        self._store, self._pages, self._now, self._secret, self._wake = store, pages, now, secret, wake

    def routes(self) -> list[BaseRoute]:
        """Links that went out work on when nobody new may sign up."""
        confirming = Route("/confirm/{token}", self._confirm, methods=["GET", "HEAD", "POST"])
        if self._pages.site.signups_per_hour is None:
            return [confirming]
        return [Route("/subscribe", self._subscribe, methods=["GET", "HEAD", "POST"]), confirming]

    async def _subscribe(self, request: Request) -> Response:
        say, site = self._pages.say(request), self._pages.site
        if request.method != "POST":
            return self._form(say)
        refuse_strangers(request, site)
        form = await read_form(request)
        language = form.get("language", [self._pages.edition_language(say)])[0]
        if language not in site.languages or "address" not in form:
            raise HTTPException(400)
        if any(form.get(TRAP, ())):
            return self._pages.message("asked", say)
        wish = Wish(
            address=form["address"][0],
            language=language,
            topics=chosen_topics(site, form),
            words=say("public.consent", title=site.title),
            words_language=say.language,
        )
        client = request.client.host if request.client else None
        return await run_in_threadpool(self._ask, say, wish, client)

    def _ask(self, say: Wording, wish: Wish, client: str | None) -> Response:
        """The same for every address: whether it gets a mail is decided by the outbox, after the answer."""
        per_hour = self._pages.site.signups_per_hour
        assert per_hour is not None  # else there is no form
        try:
            is_taken = ask(self._store, wish, client=client, mails_per_hour=per_hour, now=self._now())
        except InputError:
            return self._form(say, wish, status=400)
        if not is_taken:
            return self._pages.message("crowded", say, status=429, headers={"retry-after": "3600"})
        self._wake()
        return self._pages.message("asked", say)

    def _form(self, say: Wording, wish: Wish | None = None, *, status: int = 200) -> Response:
        return self._pages.page("subscribe.html", say, status=status, wish=wish, trap=TRAP,
                                language=wish.language if wish else self._pages.edition_language(say))  # fmt: skip

    async def _confirm(self, request: Request) -> Response:
        token = request.path_params["token"]
        if request.method != "POST":
            return await run_in_threadpool(self._question, request, token)
        refuse_strangers(request, self._pages.site)
        form = await read_form(request)
        answer = form.get("answer", ["yes"])[0]
        return await run_in_threadpool(self._answer, request, token, is_meant=answer == "yes")

    def _question(self, request: Request, token: str) -> Response:
        standing, signup = look(self._store, token, now=self._now(), secret=self._secret)
        if standing == "open" and signup is not None:
            say = wording(signup.language)
            language = say.language_name(signup.language)
            topics = _topics_in_words(self._pages.site, signup)
            return self._pages.page("confirm.html", say, language=language, topics=topics)
        return self._told(request, standing, signup)

    def _answer(self, request: Request, token: str, *, is_meant: bool) -> Response:
        now = self._now()
        _, signup = look(self._store, token, now=now, secret=self._secret)
        if not is_meant:
            return self._told(request, refuse(self._store, token, now=now, secret=self._secret), signup)
        standing, reader = confirm(self._store, token, now=now, secret=self._secret)
        if reader is None:
            return self._told(request, standing, signup)
        link = preferences_link(self._pages.site, self._secret, reader)
        return self._pages.message("confirmed", wording(reader.language), preferences=link)

    def _told(self, request: Request, standing: str, signup: Signup | None) -> Response:
        """What became of the link."""
        say = wording(signup.language) if signup else self._pages.say(request)
        status = {"unknown": 404, "expired": 410}.get(standing, 200)
        return self._pages.message(standing, say, status=status)


def confirmation(site: Site, timezone: str) -> Callable[[str, str, datetime], tuple[str, str]]:
    """What the confirmation mail says: who asks, the link, until when it works, who publishes. No advertising."""

    def compose(language: str, link: str, until: datetime) -> tuple[str, str]:
        say = wording(language)
        parts = [
            say("public.mail_asked", title=site.title),
            say("public.mail_open"),
            link,
            say("public.mail_until", until=say.moment(until, timezone)),
        ]
        if site.publisher:
            parts.append(say("coverage.publisher", publisher=site.publisher))
        return say("public.mail_subject", title=site.title), "\n\n".join(parts) + "\n"

    return compose


def _topics_in_words(site: Site, signup: Signup) -> str:
    """Topics wanted, "" for all."""
    titles = site.topic_titles(signup.language)
    return ", ".join(titles[name] for name in signup.topics if name in titles)
