/* The console's script: pages work without it. It listens for changes and lets htmx ask for the page again, says whether
   what is shown is of now, and keeps open what was opened. It sends nothing and reads nothing but this page. */
"use strict";

const SILENCE = 10_000; // milliseconds: the examiner says something every two seconds, so this long it is gone or hangs
const source = document.body.dataset.events;
const liveness = document.getElementById("liveness");
let stream = null;
let heard = Date.now(); // when this page was last known to be of now
let stale = false;
let late = false; // something changed while nobody looked

function say(text, state, target) {
  if (!liveness || (liveness.dataset.state === state && liveness.textContent === text)) return;
  liveness.textContent = text;
  liveness.dataset.state = state;
  if (!target) return;
  const link = document.createElement("a");
  link.href = target;
  link.textContent = "sign in again";
  liveness.append("; ", link);
}

function live() {
  heard = Date.now();
  if (stale) refresh(); // what changed meanwhile was told to nobody
  stale = false;
  say("live", "live");
}

function lost(words, target) {
  stale = true;
  say(`${words}; as of ${new Date(heard).toISOString().slice(11, 19)}Z`, "stale", target);
}

function refresh() {
  const shown = document.getElementById("live");
  // Whoever selects text or types must not have it taken from under the hands.
  if (!shown || String(document.getSelection()).length || shown.contains(document.querySelector("input:focus"))) {
    late = true;
    return;
  }
  late = false;
  htmx.trigger(document.body, "live");
}

function listen() {
  if (!source || stream || document.hidden) return;
  heard = stale ? heard : Date.now();
  stream = new EventSource(source);
  stream.addEventListener("open", live);
  stream.addEventListener("beat", live);
  stream.addEventListener("changed", () => {
    live();
    refresh();
  });
  stream.addEventListener("error", () => {
    lost("not live: connection lost, trying again");
    if (!stream || stream.readyState !== EventSource.CLOSED) return;
    hush(); // it was turned away: the page's own request tells why, and the watch below tries again
    refresh();
  });
}

function hush() {
  if (stream) stream.close();
  stream = null;
}

let tried = Date.now();
function watch() {
  if (!source || document.hidden || Date.now() - Math.max(heard, tried) < SILENCE) return;
  tried = Date.now();
  if (stream) lost("not live: the examiner says nothing, trying again");
  hush();
  listen();
}
setInterval(watch, 1000);

// A hidden page gives its connection back: browsers have only six for a host.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    hush();
  } else {
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
  if (!stale || stream) return;
  heard = Date.now(); // the page is of now, and will not hear of the next change
  lost("not live: changes are not told, trying again");
});
document.addEventListener("htmx:responseError", (event) => {
  const out = event.detail.xhr.status === 401;
  const here = encodeURIComponent(location.pathname + location.search);
  if (out) lost("not live: signed out", `/login?next=${here}`);
  else lost(`not live: this page cannot be made now (${event.detail.xhr.status})`);
});
document.addEventListener("htmx:sendError", () => lost("not live: connection lost, trying again"));

function focused() {
  const one = document.activeElement;
  if (!one || !one.closest("#live")) return null;
  const tag = "#live " + one.tagName.toLowerCase();
  return { tag, place: [...document.querySelectorAll(tag)].indexOf(one) };
}

listen();
