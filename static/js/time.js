// Words every <time data-when> in the reader's language and zone, and keeps it true, as it does the
// seconds that a <progress data-since> shows.
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const date = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(language, { weekday: "short" });
const day = new Intl.DateTimeFormat(language, { day: "numeric" });
const clock = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit" });
const seconds = new Intl.DateTimeFormat(language, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });
const list = new Intl.ListFormat(language, { style: "narrow", type: "unit" });
const STEPS = [[60 * DAY, "month", 30 * DAY], [14 * DAY, "week", 7 * DAY], [DAY, "day", DAY], [HOUR, "hour", HOUR], [MINUTE, "minute", MINUTE]];

// The server's clock counts: a reader's own may be wrong by minutes.
const served = Date.parse(document.querySelector("meta[name=server-time]")?.content ?? "");
const drift = Math.abs(served - Date.now()) > 30 * SECOND ? served - Date.now() : 0;
const now = () => Date.now() + (drift || 0);

const WORDS = {
  relative: (then) => ago(then - now()),
  due: (then) => ago(Math.max(0, then - now())),
  for: (then) => duration(Math.max(0, now() - then)),
  elapsed: (then) => elapsed(Math.max(0, now() - then)),
  date: (then) => date.format(then),
  datetime: (then) => moment.format(then),
  moment: (then) => `${dayOf(then)} ${clock.format(then)}`,
  day: dayOf,
  clock: (then) => clock.format(then),
  seconds: (then) => seconds.format(then),
};

function dayOf(then) {
  return `${weekday.format(then)} ${day.format(then)}`;
}

function ago(difference) {
  const distance = Math.abs(difference);
  for (const [from, unit, length] of STEPS)
    if (distance >= from) return trim(relative.format(Math.round(difference / length), unit));
  return trim(relative.format(Math.round(difference / SECOND), "second"));
}

function duration(length) {
  if (length < MINUTE) return amount(Math.floor(length / SECOND), "second");
  if (length < HOUR) return amount(Math.floor(length / MINUTE), "minute");
  if (length < DAY) return pair(length, HOUR, "hour", MINUTE, "minute");
  if (length < 14 * DAY) return pair(length, DAY, "day", HOUR, "hour");
  return amount(Math.floor(length / DAY), "day");
}

function elapsed(length) {
  return length < MINUTE || length >= HOUR ? duration(length) : pair(length, MINUTE, "minute", SECOND, "second");
}

function pair(length, big, bigUnit, small, smallUnit) {
  const rest = Math.floor((length % big) / small);
  const parts = [amount(Math.floor(length / big), bigUnit)];
  if (rest) parts.push(amount(rest, smallUnit));
  return list.format(parts);
}

function amount(value, unit) {
  return trim(new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value));
}

// English abbreviates with full stops and long ("2 hr. ago"), which only make a dense page noisier.
function trim(words) {
  if (!language.startsWith("en")) return words;
  return words.replaceAll(".", "").replace(/\bhr\b/, "h").replace(/\bsec\b/, "s");
}

/** Words one <time>; safe to call again and again. */
function word(element) {
  const then = Date.parse(element.dateTime);
  const style = element.dataset.when;
  if (Number.isNaN(then) || !WORDS[style]) return;
  const words = WORDS[style](then);
  const text = element.firstChild;
  // Changing the text node, not the children, does not wake the observer below.
  if (text?.nodeType !== Node.TEXT_NODE) element.textContent = words;
  else if (text.data !== words) text.data = words;
  if (element.dataset.worded !== element.dateTime) {
    element.dataset.worded = element.dateTime;
    element.title = full.format(then);
  }
}

let timer = 0;

function wordAll() {
  clearTimeout(timer);
  let soonest = MINUTE / 2;
  for (const element of document.querySelectorAll("time[data-when]")) {
    word(element);
    const moving = ["relative", "due", "for"].includes(element.dataset.when);
    if (moving && Math.abs(Date.parse(element.dateTime) - now()) < MINUTE) soonest = SECOND;
    if (element.dataset.when === "elapsed") soonest = SECOND;
  }
  for (const bar of document.querySelectorAll("progress[data-since]"))
    bar.value = Math.min(bar.max, (now() - Date.parse(bar.dataset.since)) / SECOND);
  if (!document.hidden) timer = setTimeout(wordAll, soonest);
}

let planned = false;
new MutationObserver(() => {
  if (planned) return;
  planned = true;
  queueMicrotask(() => {
    planned = false;
    wordAll();
  });
}).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["datetime"] });

document.addEventListener("visibilitychange", wordAll);
wordAll();
