/* The console's script: pages work without it. It listens for changes and lets htmx ask for the page again, says whether
   what is shown is of now, and keeps open what was opened. It sends nothing and reads nothing but this page. */
"use strict";

const source = document.body.dataset.events;
const liveness = document.getElementById("liveness");
let stream = null;
let late = false; // something changed while nobody looked

function say(text, state) {
  if (liveness) {
    liveness.textContent = text;
    liveness.dataset.state = state;
  }
}

function now() {
  return new Date().toISOString().slice(11, 19) + "Z";
}

function refresh() {
  const live = document.getElementById("live");
  // Whoever selects text or types must not have it taken from under the hands.
  if (!live || String(document.getSelection()).length || live.contains(document.querySelector("input:focus"))) {
    late = true;
    return;
  }
  late = false;
  htmx.trigger(document.body, "live");
}

function listen() {
  if (!source || stream || document.hidden) return;
  stream = new EventSource(source);
  stream.addEventListener("open", () => say("live", "live"));
  stream.addEventListener("changed", refresh);
  stream.addEventListener("error", () => {
    const ended = stream && stream.readyState === EventSource.CLOSED;
    say((ended ? "not live, load again; as of " : "connection lost; as of ") + now(), "stale");
  });
}

// A hidden page gives its connection back: browsers have only six for a host.
document.addEventListener("visibilitychange", () => {
  if (document.hidden && stream) {
    stream.close();
    stream = null;
  } else if (!document.hidden) {
    listen();
    refresh();
  }
});
document.addEventListener("selectionchange", () => {
  if (late && !String(document.getSelection()).length) refresh();
});

// What was unfolded and scrolled stays so when its page is asked for again.
let kept = null;
document.addEventListener("htmx:beforeSwap", () => {
  const ids = [...document.querySelectorAll("#live details[open][id]")].map((one) => one.id);
  const scrolled = [...document.querySelectorAll("#live .scroll")].map((one) => one.scrollLeft);
  kept = { ids, scrolled, focus: focused() };
});
document.addEventListener("htmx:afterSwap", () => {
  if (!kept) return;
  for (const id of kept.ids) document.getElementById(id)?.setAttribute("open", "");
  document.querySelectorAll("#live .scroll").forEach((one, place) => (one.scrollLeft = kept.scrolled[place] || 0));
  const again = kept.focus && [...document.querySelectorAll(kept.focus.tag)][kept.focus.place];
  if (again) again.focus({ preventScroll: true });
  kept = null;
});
document.addEventListener("htmx:responseError", () => say("not live, load again; as of " + now(), "stale"));
document.addEventListener("htmx:sendError", () => say("connection lost; as of " + now(), "stale"));

function focused() {
  const one = document.activeElement;
  if (!one || !one.closest("#live")) return null;
  const tag = "#live " + one.tagName.toLowerCase();
  return { tag, place: [...document.querySelectorAll(tag)].indexOf(one) };
}

listen();
