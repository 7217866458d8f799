// What a poll needs beside its attributes: it rests while nobody looks, waits longer after each
// failure, and the page says when it has lost contact or its session has ended.
const PAUSE = 2000;
const LONGEST_PAUSE = 30_000;
const LOST_AFTER = 3;
const POLLS = "[hx-trigger^=every]";
let failures = 0;
let next = 0;
let ended = false;

htmx.registerExtension("poll", {
  htmx_before_request: (element) => !element.matches(POLLS) || (!ended && !document.hidden && Date.now() >= next),

  htmx_before_response(element, { ctx }) {
    if (!element.matches(POLLS)) return true;
    ended = [401, 403].includes(ctx.response.status) || "redirect" in ctx.hx;
    tell("ended", ended);
    return !ended;
  },

  htmx_finally_request(element, { ctx }) {
    const failed = ctx.status.startsWith("error") || ctx.response?.status >= 400;
    // Without an answer and without an error it was never sent.
    if (!element.matches(POLLS) || ended || !(failed || ctx.response)) return;
    failures = failed ? failures + 1 : 0;
    next = Date.now() + Math.min(PAUSE * 2 ** failures, LONGEST_PAUSE) - PAUSE;
    tell("lost", failures >= LOST_AFTER);
  },
});

function tell(what, shown) {
  const banner = document.querySelector(`[data-poll-${what}]`);
  if (banner) banner.hidden = !shown;
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  next = 0;
  for (const element of document.querySelectorAll(POLLS)) htmx.trigger(element, "every");
});
