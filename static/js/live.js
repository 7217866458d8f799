// Keeps a page true while somebody looks at it: every two seconds it tells the server which
// version it shows, and puts in place what the server says has changed.
import { morph, morphChildren } from "morph";

const PAUSE = 2000;
const LONGEST_PAUSE = 30_000;
const LOST_AFTER = 3;
let failures = 0;
let timer = 0;
let asking = null;

async function poll() {
  clearTimeout(timer);
  const region = document.querySelector("[data-live-url]");
  if (!region || document.hidden || asking) return plan();
  asking = new AbortController();
  try {
    const answer = await ask(region);
    if (ended(answer)) return finish();
    if (!answer.ok) throw new Error(String(answer.status));
    if (answer.status === 200) await take(region, answer);
    failures = 0;
  } catch (error) {
    if (error.name !== "AbortError") failures += 1;
  } finally {
    asking = null;
  }
  tell("lost", failures >= LOST_AFTER);
  plan();
}

function ask(region) {
  return fetch(region.dataset.liveUrl, {
    headers: { "Live-Version": region.dataset.liveVersion ?? "" },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.any([asking.signal, AbortSignal.timeout(10_000)]),
  });
}

function ended(answer) {
  const leadsAway = answer.type === "opaqueredirect" || answer.headers.has("HX-Redirect");
  return leadsAway || answer.status === 401 || answer.status === 403;
}

function finish() {
  tell("ended", true);
  document.querySelector("[data-live-url]")?.removeAttribute("data-live-url");
}

async function take(region, answer) {
  const address = region.dataset.liveUrl;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  // Meanwhile the list may have been filtered anew: then this answer is about another one.
  if (!region.isConnected || region.dataset.liveUrl !== address) return;
  const lists = [...page.querySelectorAll("template[data-live]")].map(takeList);
  for (const part of page.querySelectorAll("template[data-live-part]")) takePart(part);
  settle();
  region.dataset.liveVersion = lists.includes(false) ? "" : answer.headers.get("Live-Version");
}

/** False when the page lacks rows that the server took for known. */
function takeList(template) {
  const list = document.querySelector(`[data-live-list="${CSS.escape(template.dataset.live)}"]`);
  if (!list) return true;
  const rows = new Map([...list.children].map((row) => [row.id, row]));
  const sent = new Map([...template.content.children].map((row) => [row.id, row]));
  const order = (template.dataset.order ?? "").split(" ").filter(Boolean);
  for (const [id, row] of rows) if (!order.includes(id)) row.remove();
  arrange(list, order.map((id) => rows.get(id) ?? sent.get(id)).filter(Boolean));
  for (const [id, row] of sent) {
    if (rows.has(id)) update(rows.get(id), row);
    else if (row.isConnected) tint(row);
  }
  return order.every((id) => rows.has(id) || sent.has(id));
}

/** Moves as few rows as possible: a row that moves may lose its focus and selection. */
function arrange(list, wanted) {
  const places = new Map([...list.children].map((row, place) => [row, place]));
  const staying = ascending(wanted.filter((row) => places.has(row)), (row) => places.get(row));
  const focused = document.activeElement;
  let next = null;
  for (const row of wanted.toReversed()) {
    if (!staying.has(row)) list.insertBefore(row, next);
    next = row;
  }
  if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
}

/** The longest run of rows that already stand in the order wanted. */
function ascending(rows, position) {
  const best = [];
  for (const row of rows) {
    let longest = null;
    for (const other of best)
      if (position(other.row) < position(row) && other.length > (longest?.length ?? 0)) longest = other;
    best.push({ row, before: longest, length: (longest?.length ?? 0) + 1 });
  }
  const staying = new Set();
  let link = best.reduce((one, other) => (other.length > (one?.length ?? 0) ? other : one), null);
  for (; link; link = link.before) staying.add(link.row);
  return staying;
}

/** Cell by cell, so that only what is new is tinted. */
function update(row, wanted) {
  if (row.nodeName !== "TR" || row.children.length !== wanted.children.length) {
    if (morph(row, wanted)) tint(row);
    return;
  }
  const cells = [...wanted.children];
  for (const { name, value } of wanted.attributes) row.setAttribute(name, value);
  for (const { name } of [...row.attributes]) if (!wanted.hasAttribute(name)) row.removeAttribute(name);
  [...row.children].forEach((cell, index) => {
    cell.classList.remove("changed");
    if (morph(cell, cells[index])) tint(cell);
  });
}

function takePart(template) {
  const part = document.getElementById(template.dataset.livePart);
  if (!part) return;
  const holder = document.createElement(part.nodeName);
  holder.append(template.content);
  morphChildren(part, holder);
}

/** A message that something is under way goes once the page shows that it no longer is. */
function settle() {
  for (const message of document.querySelectorAll("[data-until]"))
    if (document.querySelector(`[data-settled="${CSS.escape(message.dataset.until)}"]`)) message.remove();
}

function tint(element) {
  element.classList.remove("changed");
  requestAnimationFrame(() => element.classList.add("changed"));
}

document.addEventListener("animationend", (event) => {
  if (event.animationName === "changed") event.target.classList.remove("changed");
});

function tell(what, shown) {
  const banner = document.querySelector(`[data-live-${what}]`);
  if (banner) banner.hidden = !shown;
}

function plan() {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(poll, Math.min(PAUSE * 2 ** failures, LONGEST_PAUSE));
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) poll();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  asking?.abort();
  // What asks by itself, as the steps of a check do, rests as well while nobody looks.
  if (document.hidden && event.target.matches("[hx-trigger^='every']")) event.preventDefault();
});
settle();
plan();
