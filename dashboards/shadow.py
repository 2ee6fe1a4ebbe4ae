"""The shadow lane: what was sampled, what became of it, what it costs the student's server, and what may be lost."""

from __future__ import annotations

from dashboards.panels import Board, Color, Form, Panel, Query, Row, Word
from dashboards.promql import gauge, metric, rate, share, whole

_SAMPLED = metric("mirror_sampled_total")


def _filled(kind: str) -> str:
    limit = f'max by (instance) ({whole("judge_queue_limit")}{{kind="{kind}"}})'
    return f"sum by (instance) ({metric(f'judge_queue_{kind}')}) / on (instance) {limit}"


ENDS = Panel(
    number=1,
    title="What becomes of what was sampled?",
    description="Every sampled request ends in exactly one outcome; only `compared` is evidence. "
    "`student_failed`: its server. `expired`: the student is too slow for `mirror.deadline`. `shed`: see by why. "
    "`unjudgeable`: an arm was changed meanwhile.",
    unit="reqps",
    queries=(
        Query(rate("route, outcome", metric("mirror_pairs_total")), "{{route}} {{outcome}}", exemplars=True),
        Query(rate("route", _SAMPLED), "{{route}} sampled"),
    ),
)
SHED = Panel(
    number=2,
    title="What is shed, and why?",
    description="`queue`, `queue_bytes`: the student is slower than what is sampled; lower "
    "`mirror.percentage` or raise `mirror.concurrency`. `tokens_per_hour`: the budget is spent. `store_…`: the "
    "database. Nobody waits for it, but evidence comes slower.",
    unit="reqps",
    queries=(Query(rate("route, reason", metric("mirror_shed_total")), "{{route}} {{reason}}"),),
    nothing="nothing is shed",
)
COMPARED = Panel(
    number=3,
    title="Which share of what was sampled becomes evidence?",
    description="Under 0.9 for long, the lane throws away what you pay for: *What becomes of what was "
    "sampled?* says where it ends.",
    unit="percentunit",
    queries=(
        Query(
            share(rate("route", metric("mirror_pairs_total", outcome="compared")), rate("route", _SAMPLED)), "{{route}}"
        ),
    ),
    least=0,
)
QUEUE = Panel(
    number=4,
    title="How much waits for the student?",
    description="Records in the lane, and calls under way. A queue that stays full sheds; one that fills and "
    "empties is what it is for.",
    unit="short",
    queries=(
        Query(f"sum by (route) ({metric('mirror_queue_records')})", "{{route}} waiting"),
        Query(f"sum by (route) ({metric('mirror_inflight')})", "{{route}} under way"),
    ),
)
BYTES = Panel(
    number=5,
    title="How many bytes wait?",
    description="Held in the examiner's memory, at most `mirror.queue_bytes` for each route, and what waits "
    "for judges. Near the bound: long contexts; lower `mirror.percentage` of the slice long_context.",
    unit="bytes",
    queries=(
        Query(f"sum by (route) ({metric('mirror_queue_bytes')})", "{{route}} for the student"),
        Query(f"sum by (route) ({metric('judge_queue_bytes')})", "{{route}} for a judge"),
    ),
)
JUDGED = Panel(
    number=6,
    title="How full is the queue of the judges?",
    description="At 1 pairs are stored unjudged (`busy` in *Do the judges of own behaviors answer?*): raise "
    "`judge.concurrency`, or sample less.",
    unit="percentunit",
    queries=(
        Query(_filled("pairs"), "{{instance}} pairs"),
        Query(_filled("bytes"), "{{instance}} bytes"),
    ),
    least=0,
    most=1,
)
WAITING = Panel(
    number=7,
    title="How many requests wait in the student?",
    description="As it says itself (vLLM's metrics). Above `mirror.max_waiting` the lane pauses, so callers "
    "go first. Does it stay high without the lane, callers alone fill it: lower the ceiling, or add a replica.",
    unit="short",
    queries=(Query(gauge("route", metric("student_queue_waiting")), "{{route}}"),),
    nothing="the student does not say",
)
CACHE = Panel(
    number=8,
    title="How full is the student's KV cache?",
    description="As it says itself. Above `mirror.max_kv_cache` the lane pauses. Full for long: shorter "
    "contexts, or more memory.",
    unit="percentunit",
    queries=(Query(gauge("route", metric("student_kv_cache_ratio")), "{{route}}"),),
    least=0,
    most=1,
    colors=(Color(None, "green"), Color(0.9, "red")),
    nothing="the student does not say",
)
CIRCUIT = Panel(
    number=9,
    title="Is the student's server well?",
    description="Open: its calls failed, it is left alone and callers get the teacher. It is tried again by "
    "itself. Is it down? *How do calls of upstreams end?* says how it fails.",
    unit="none",
    queries=(Query(gauge("route, arm", metric("circuit_state")), "{{route}} {{arm}}"),),
    form=Form.STATES,
    words=(
        Word(0, "closed: well", "green"),
        Word(1, "half open: being tried", "yellow"),
        Word(2, "open: left alone", "red"),
    ),
)
HANDED = Panel(
    number=10,
    title="Do records reach the examiner?",
    description="Accepted and shed at the socket, and what was lost when a process died. Shed: the examiner "
    "is too slow or gone; is its CPU full? Lost: read the log for why a process died. Callers feel none of it.",
    unit="ops",
    queries=(
        Query(f"sum by (outcome) (rate({whole('records_handed_total')}[$__rate_interval]))", "{{outcome}}"),
        Query(f"sum by (process) (rate({whole('records_lost_total')}[$__rate_interval]))", "lost with a {{process}}"),
    ),
)
STORED = Panel(
    number=11,
    title="Is the database there?",
    description="No: pairs are held and tried again, then the lane pauses and sheds; serving goes on. The log "
    "has what the database said.",
    unit="none",
    queries=(Query(f"min by (instance) ({whole('store_available')})", "{{instance}}"),),
    form=Form.STATES,
    words=(Word(0, "no", "red"), Word(1, "yes", "green")),
)
WRITING = Panel(
    number=12,
    title="Does writing keep up?",
    description="Pairs that wait to be written, and writes that failed. Waiting that grows: the disk or the "
    "server is slow.",
    unit="short",
    queries=(
        Query(f"sum by (instance) ({whole('store_pending_pairs')})", "{{instance}} waiting"),
        Query(
            f"sum by (instance) (increase({whole('store_errors_total')}[$__rate_interval]))",
            "{{instance}} failed writes",
        ),
    ),
)
ROOM = Panel(
    number=13,
    title="How much room is left beside the database?",
    description="Where an SQLite file lies; a server's disk is not to be seen from here. Under 1 GiB: lower "
    "`privacy.max_bytes` or `privacy.retention`, or move the file.",
    unit="bytes",
    queries=(Query(f"min by (instance) ({whole('store_free_bytes')})", "{{instance}}"),),
    colors=(Color(None, "red"), Color(1024**3, "green")),
    nothing="a server: look at its own disk",
)
PRUNED = Panel(
    number=14,
    title="How many pairs are removed, and why?",
    description="By `age` as `privacy.retention` says, by `size` as `privacy.max_bytes` says. By size long "
    "before the age: pairs are gone before you read them; give them more room.",
    unit="ops",
    queries=(Query(f"sum by (reason) (rate({whole('store_pruned_pairs_total')}[$__rate_interval]))", "{{reason}}"),),
    nothing="none yet",
)
TRACES = Panel(
    number=15,
    title="Do traces reach the collector?",
    description="`failed`: the collector does not take them; is it up, and is `tracing.otlp_endpoint` its address? "
    "`dropped`: there was no room to wait. `limited`: too many requests were worth a trace at once. Pairs are kept "
    "all the same.",
    unit="ops",
    queries=(Query(f"sum by (outcome) (rate({whole('trace_spans_total')}[$__rate_interval]))", "{{outcome}}"),),
    nothing="nothing is traced",
)

SHADOW = Board(
    uid="practicum-shadow",
    title="Shadow lane",
    description="What was sampled, what became of it, and what may be lost.",
    rows=(
        Row("Does what is sampled become evidence?", (ENDS, SHED, COMPARED, QUEUE, BYTES, JUDGED)),
        Row("How is the student's server?", (WAITING, CACHE, CIRCUIT)),
        Row("Is what was learned kept?", (HANDED, STORED, WRITING, ROOM, PRUNED, TRACES)),
    ),
)
