"""Calling upstreams: ``call`` says what can be asked of one, the rest of this package does it."""

from proxy.upstream.call import Headers, Reply, Request, Upstream, UpstreamError
from proxy.upstream.deadlines import Deadlines

__all__ = ["Deadlines", "Headers", "Reply", "Request", "Upstream", "UpstreamError"]
