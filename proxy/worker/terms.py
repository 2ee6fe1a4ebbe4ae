"""On what terms the student may answer one request: settled before it is asked, kept until its reply is judged.

A reply is judged by a *view* of it (``routing.confidence.views``): whole where nothing has to be sent before it is
complete, which is where it is not streamed, and where ``fallback.whole_turn`` says so; else by the prefix that is held
back. Where nothing is promised, and on an endpoint whose student gives no log-probabilities, there is no view, and the
hard rules alone hold. This module refuses to judge: ``hold`` does.
"""

from __future__ import annotations

from dataclasses import dataclass

from proxy.config.settings import Fallback, Hold
from proxy.wire.requests import Document
from proxy.worker.exchange import Ask
from routing.confidence import prompt
from routing.confidence.acceptance import before
from routing.confidence.assurance import Assurance
from routing.confidence.views import WHOLE, View, rungs
from routing.fallback import FallbackReason
from routing.traits import Endpoint, FormatKind, Slice, Traits


@dataclass(frozen=True, slots=True)
class Terms:
    """How the student's reply to one request is held and judged.

    Attributes:
        endpoint: Where the request was sent.
        stream: Whether the client asked for a stream.
        whole: Whether all of the reply is held back.
        view: By what of it its confidence is judged; None where no confidence is asked for.
        limits: Of what is held back.
        traits: What the request asks.
        slice: The one it is judged in.
        assurance: The route's; None only where no confidence is asked for.
    """

    endpoint: Endpoint
    stream: bool
    whole: bool
    view: View | None
    limits: Hold
    traits: Traits
    slice: Slice
    assurance: Assurance | None

    @property
    def unproven(self) -> tuple[str, ...]:
        """The behaviors whose gate acts and does not pass in the request's slice."""
        return () if self.assurance is None else tuple(self.assurance.unproven.get(self.slice, ()))


def terms_of(ask: Ask, assurance: Assurance | None) -> Terms | FallbackReason:
    """The terms for one request of the student's share, or why the student is not to be asked at all."""
    if ask.facts is None or (traits := ask.facts.traits) is None:
        return FallbackReason.INEXPRESSIBLE  # nobody can say what it asks
    wanted, settled = ask.route.fallback, ask.facts.slice()
    whole = not ask.stream or _holds_whole_turn(wanted, traits)
    view = _view(wanted, whole=whole)
    if view is not None:
        if _asks_several(ask.facts.document):
            return FallbackReason.UNCERTIFIED  # of several choices a pair has the first, and so has what was certified
        views = (WHOLE,) if whole else rungs(view)
        if reason := before(assurance, ask.endpoint, settled, views, lambda: prompt.features(traits)):
            return reason
        if assurance is not None and ask.endpoint in assurance.silent:
            view = None
    return Terms(ask.endpoint, ask.stream, whole, view, wanted.hold, traits, settled, assurance)


def _asks_several(body: Document) -> bool:
    """Whether the reply is to have several choices: by ``n``, or one for each of several prompts."""
    count, prompts = body.get("n"), body.get("prompt")
    several = isinstance(prompts, list) and len(prompts) > 1 and not isinstance(prompts[0], int)
    return several or (isinstance(count, int) and count > 1)


def _view(wanted: Fallback, *, whole: bool) -> View | None:
    if wanted.promise == "none":
        return None
    return WHOLE if whole else wanted.hold.tokens or None


def _holds_whole_turn(wanted: Fallback, traits: Traits) -> bool:
    return ("tools" in wanted.whole_turn and bool(traits.tools)) or (
        "json" in wanted.whole_turn and traits.format is not FormatKind.TEXT
    )
