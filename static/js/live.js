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
  return answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403;
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
  let place = list.firstElementChild;
  let complete = true;
  for (const id of order) {
    const row = rows.get(id) ?? sent.get(id);
    if (!row) {
      complete = false;
      continue;
    }
    if (row === place) place = place.nextElementSibling;
    else list.insertBefore(row, place);
    if (rows.has(id) && sent.has(id)) update(row, sent.get(id));
    else if (!rows.has(id)) tint(row);
  }
  return complete;
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
document.addEventListener("htmx:beforeRequest", () => asking?.abort());
plan();
