"""Whether a tool's result says that the tool failed, and by which sign: what ``plan_repair`` starts from.

Three kinds of results are told apart. JSON is read by its fields: an error that is set, a success that is false, a
status of failure, an exit code. A text that opens as an error, ends as a traceback or is one short sentence of failure
has failed. Everything else has not: a long document about errors, a report of ``0 failed``, and also an empty result
(``[]``, an empty text), since a search that finds nothing and an action that has nothing to say did what they were
asked. A tool that *says* that it found nothing has failed: it tells its caller to look elsewhere.

Only results of moderate size are parsed; of longer ones the opening and the ending are read. English, and the word for
an error in seven more languages; what a tool says in another one counts only by its fields.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from routing.behaviors import lazily
from routing.behaviors.case import parse_json
from routing.traits import Json

_PARSED = 20_000  # characters of a result that is parsed
_OPENING = 300
_ENDING = 300
_SENTENCE = 160  # characters of a result that is one remark
_LINES = 3  # of a result that is a message
_DEPTH = 4
_LISTED = 16  # entries of a list that are looked at
_SMALL = 4  # fields of an object that is about its failure and nothing else
_FAILING = (400, 599)

_ERROR_KEYS = frozenset(
    {"error", "errors", "err", "exception", "error_message", "errormessage", "error_code", "errorcode"}
)
_ERROR_KEYS |= {"error_type", "errortype", "error_description", "errordescription", "fault", "traceback", "stacktrace"}
_FAILED_KEYS = frozenset({"iserror", "is_error", "haserror", "has_error", "failed", "timed_out", "timedout"})
_SUCCESS_KEYS = frozenset({"success", "ok", "succeeded", "successful", "is_success", "issuccess", "is_successful"})
_STATUS_KEYS = frozenset({"status", "state", "outcome", "result_status"})
_CODE_KEYS = frozenset({"status", "status_code", "statuscode", "http_status", "httpstatus", "code", "http_code"})
_EXIT_KEYS = frozenset({"exit_code", "exitcode", "returncode", "return_code", "exit_status"})
_MESSAGE_KEYS = frozenset({"message", "detail", "details", "msg", "reason", "description", "text", "title", "type"})
_MESSAGE_KEYS |= {"error_id", "request_id", "requestid", "timestamp", "path", "name", "tool", "status", "result"}
_MESSAGE_KEYS |= {"output", "response", "code"}
_WRAPPERS = frozenset({"result", "results", "response", "output", "data", "body", "content", "value", "return"})
_FAILURE_WORDS = frozenset({"error", "fail", "failed", "failure", "exception", "timeout", "timed_out", "timedout"})
_FAILURE_WORDS |= {"not_found", "notfound", "bad_request", "unauthorized", "forbidden", "internal_error", "crashed"}
_NO_ERROR = frozenset({"", "0", "none", "null", "nil", "no", "n/a", "na", "ok", "false", "success", "no error", "-"})
_NO_ERROR |= {"no errors", "none.", "undefined", "{}", "[]"}

_WRAPPED = lazily.pattern(r"```\w*|[*_`>\s\[\(]+|[\u274c\u26a0\ufe0f\u2757\u2716\U0001f6ab]+")
_NAMED_ERROR = lazily.pattern(
    r"(?:[\w .\-]{0,24}\b)?(?:error|errors|exception|failure|fatal|failed|denied|panic|fehler|erreur|errore|erro|fallo)"
    r"\b[\])*]{0,3}(?: ?\[?[\w.\-]{1,24}\]?)?"
    r"(?:\s?[:\u2013\u2014!\uff1a](?!:)|\s-\s|(?<=\]))\s*(?P<what>\S[^\n]{0,40})|"
    r"\w{0,6}(?:\u9519\u8bef|\u932f\u8aa4|\u30a8\u30e9\u30fc|\u5931\u8d25|\u5931\u6557)",
    re.IGNORECASE,
)
_TAG = lazily.pattern(r"<(?:\w{1,20}_)?error>", re.IGNORECASE)
_TYPED = lazily.pattern(r"(?:\w{1,60}\.){0,8}[A-Z]\w{0,60}(?:Error|Exception|Timeout)(?:\s?[:(]|\s*$)")
_TRACEBACK = lazily.pattern(
    r"^(?:Traceback \(most recent call last\):|Exception in thread |Unhandled exception)", re.MULTILINE
)
_PREFIXED = lazily.pattern(
    r"(?:error|failed|failure|fatal)\b(?:[.!]|\s(?:while|when|in|during|executing|running|calling|processing|invoking|"
    r"fetching|reading|parsing|at|occurred|code|to|with)\b)|"
    r"npm err!|\w{1,20}: (?:line \d+: )?[^:\n]{1,80}: (?:command not found|no such file|permission denied)|"
    r"command (?:failed|exited)|segmentation fault|process exited with code [1-9]|"
    r"exit(?:ed)?(?: with)? (?:code|status):? ?[1-9]",
    re.IGNORECASE,
)
_HTTP = lazily.pattern(
    r"(?:https? ?(?:/[\d.]{1,4})? ?)?(?:(?:error|status|status code|code|response)[ :]{0,3})?[45]\d\d"
    r"(?:[ :,\-\u2013(]{1,3}(?:[a-z]+ )?(?:bad request|unauthori[sz]ed|payment required|forbidden|not found|"
    r"not allowed|not acceptable|timeout|timed out|conflict|gone|payload|unprocessable|too many|internal|server error|"
    r"not implemented|gateway|unavailable|client error|error)|$)|"
    r".{0,80}\b(?:status(?: code)?|http)[ :=]{1,3}[45]\d\d\b",
    re.IGNORECASE,
)
_STRONG = lazily.pattern(
    r"\b(?:failed to|fail(?:ed|ure)\b(?! (?:tests?|checks?|items?|cases?))|could(?: not|n't)|unable to|timed[ -]?out|"
    r"time-?out(?=$|[.!:,]| (?:while|after|waiting|error|exceeded|expired|during|of))|"
    r"permission denied|access (?:is )?denied|unauthori[sz]ed|forbidden|"
    r"not authori[sz]ed|connection (?:refused|reset|closed|aborted|error)|refused to connect|unreachable|"
    r"rate[ -]?limit(?:ed)?|too many requests|quota (?:exceeded|exhausted)|(?:does|do|did)(?: not|n't) exist|"
    r"no such [\w ]{1,30}|(?:is |was |were )?not found|cannot be found|invalid [\w\- ]{1,40}|malformed|"
    r"(?:unknown|unrecognized|unsupported|undefined) [\w\- ]{1,30}|missing (?:required|parameter|argument|field|key)|"
    r"(?:an?|internal|unexpected|the following) (?:server )?(?:error|exception)|something went wrong|"
    r"went wrong|not supported|not implemented|service (?:is )?(?:temporarily )?unavailable|out of memory|aborted)",
    re.IGNORECASE,
)
_WEAK = lazily.pattern(
    r"\b(?:no (?:\w+ ){0,3}(?:results?|match(?:es)?|records?|data|entries|documents?|items?|hits?|rows?|information)\b"
    r"(?: (?:were |was )?(?:found|available|returned|match\w*)|[.!]?$)|nothing (?:was )?found|"
    r"no (?:\w+ ){1,3}(?:found|available|left|exists?)|"
    r"not available|unavailable|can(?:not|'t| not)\b|"
    r"not allowed|not permitted|insufficient|not enough|exceed(?:s|ed)|already (?:exists|taken|booked|used|in use)|"
    r"(?:has |is )?expired|(?:was |is |been )?(?:declined|rejected|blocked)|out of (?:range|stock|bounds)|not valid|"
    r"must (?:be|not|have|match|provide)|is required|are required|does(?: not|n't) (?:match|add up|support|have)|"
    r"too (?:large|long|many|short|small)|is (?:down|offline|full|closed)|sold out|"
    r"not (?:installed|configured|enabled))",
    re.IGNORECASE,
)
_DENIED = lazily.pattern(
    r"\b(?:no|0|zero|without(?: any)?|never|free of)\s(?:\w+\s){0,2}(?:errors?|failures?|failed|exceptions?|problems?|"
    r"issues?|time-?outs?)\b|\b(?:errors?|failures?|failed|exceptions?)\s?[:=]\s?(?:0\b|none|null|no(?=\W*$)|\[\]|n/a)|"
    r"\bnot (?:required|failed)\b",
    re.IGNORECASE,
)
_BARE = frozenset({"error", "failed", "failure", "exception", "fail", "an error occurred", "not found"})
_ERROR_CODE = lazily.pattern(
    r"(?:.*_)?(?:ERR|ERROR|NOT_FOUND|INVALID|DENIED|FORBIDDEN|UNAUTHORIZED|TIMEOUT|FAILED|UNAVAILABLE)(?:_.*)?"
)
_ERROR_PAGE = lazily.pattern(r"<title>\s*(?:error\b|[45]\d\d\b|access denied)", re.IGNORECASE)
_GOOD = lazily.pattern(
    r"\W{0,6}(?:success(?:ful(?:ly)?)?|ok|okay|done|completed|passed|finished|\u2705|all (?:tests|checks))\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=16)
def failure(result: str) -> str:
    """The sign by which a tool's result says that it failed, or "" where it does not. Never raises."""
    text = result.strip()
    if text[:1] in _JSON_OPENINGS and len(text) <= _PARSED:
        try:
            return _of_value(parse_json(text), _DEPTH)
        except ValueError:
            pass
    return _of_text(text)


_JSON_OPENINGS = frozenset('{["')


def _of_value(value: Json, depth: int) -> str:
    """A JSON value: an object by its fields, a list if all of its entries failed, a string as the text it is."""
    if depth == 0:
        return ""
    if isinstance(value, str):
        return _of_text(value.strip())
    if isinstance(value, Mapping):
        return _of_object({str(key).casefold(): child for key, child in value.items()}, depth)
    if isinstance(value, list) and 0 < len(value) <= _LISTED:
        found = [_of_value(entry, depth - 1) for entry in value if isinstance(entry, Mapping)]
        return found[0] if len(found) == len(value) and all(found) else ""
    return ""


def _of_object(fields: dict[str, Json], depth: int) -> str:
    return next((found for found in _signs(fields, depth) if found), "")


def _signs(fields: dict[str, Json], depth: int) -> Iterator[str]:
    for key, value in fields.items():
        yield _field(key, value, small=len(fields) <= _SMALL)
    if any(fields.get(key) is True for key in _SUCCESS_KEYS):
        return
    if fields.keys() <= _MESSAGE_KEYS:
        for key, value in fields.items():
            yield _of_text(value.strip()) if isinstance(value, str) and key != "type" else ""
    if len(fields) <= _SMALL:
        for key in fields.keys() & _WRAPPERS:
            yield _of_value(fields[key], depth - 1)


def _field(key: str, value: Json, *, small: bool) -> str:
    """What one field says. A code or a status of "failed" in a large object may be the world's, not the tool's."""
    if key in _ERROR_KEYS and _is_set(key, value):
        return f"field {key}"
    if (key in _FAILED_KEYS and _truth(value) is True) or (key in _SUCCESS_KEYS and _truth(value) is False):
        return f"field {key}"
    if key in _EXIT_KEYS and _integer(value) not in (None, 0):
        return f"field {key}"
    return f"field {key}" if _fails_by_code(key, value, small=small) else ""


def _fails_by_code(key: str, value: Json, *, small: bool) -> bool:
    if key in _CODE_KEYS and (small or "status" in key) and _is_failing(_integer(value)):
        return True
    if not isinstance(value, str):
        return False
    if key == "code":
        return small and _ERROR_CODE.fullmatch(value[:_SENTENCE]) is not None
    failing = "_".join(value.casefold().split()) in _FAILURE_WORDS
    return key in _STATUS_KEYS and failing and (small or value.casefold() == "error")


def _is_set(key: str, value: Json) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() not in _NO_ERROR
    if isinstance(value, bool) or value is None:
        return value is True
    if isinstance(value, int | float):  # "errors": 3 counts something; "error": 3 is a code
        return value != 0 and key != "errors"
    return bool(value)


def _truth(value: Json) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.casefold())
    return {0: False, 1: True}.get(value) if isinstance(value, int) else None


def _integer(value: Json) -> int | None:
    """A whole number, or the one that a text such as ``404 Not Found`` begins with."""
    if isinstance(value, str):
        head = value[:3]
        return int(head) if head.isascii() and head.isdigit() and not value[3:4].isalnum() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_failing(code: int | None) -> bool:
    return code is not None and _FAILING[0] <= code <= _FAILING[1]


def _of_text(text: str) -> str:
    """A plain text: by its opening, its last line, or, if it is one remark, by what it says."""
    opening = _unwrapped(text[:_OPENING])
    if not opening or _GOOD.match(opening):
        return ""
    if found := _opens_as_error(opening):
        return found
    if text.strip(" .!").casefold() in _BARE or _ERROR_PAGE.search(text[:_OPENING]):
        return "opens as an error"
    if _ends_as_traceback(text):
        return "traceback"
    remark = _DENIED.sub(" ", opening)
    if len(text) <= _OPENING and text.count("\n") < _LINES and _STRONG.search(remark):
        return "remark"
    return "remark" if len(text) <= _SENTENCE and "\n" not in text and _WEAK.search(remark) else ""


def _unwrapped(opening: str) -> str:
    """The opening without the tags, fences and signs that an error may be wrapped in."""
    place = 0
    while found := _WRAPPED.match(opening, place):
        place = found.end()
    return opening[place:]


def _opens_as_error(opening: str) -> str:
    line = opening.partition("\n")[0]
    if _TAG.match(line):
        return "error tag"
    named = _NAMED_ERROR.match(line)
    if named and not _DENIED.match(line) and (named["what"] or "?").strip(" .").casefold() not in _NO_ERROR:
        return "opens as an error"
    if _TYPED.match(line) or _PREFIXED.match(line):
        return "opens as an error"
    return "http status" if _HTTP.match(line) else ""


def _ends_as_traceback(text: str) -> bool:
    head = _TRACEBACK.search(text[:_OPENING])
    if head and head.start() < _OPENING // 3:
        return True
    last = text[-_ENDING:].rpartition("\n")[2]
    return _TYPED.match(last) is not None and "Traceback (most recent call last):" in text[:_PARSED]
