// Makes one element like another with as few changes as possible, so that focus, open menus,
// selections and what is being typed survive.

// What belongs to the reader, not to the server.
const OWN = { DETAILS: ["open"], INPUT: ["value", "checked"], DIALOG: ["open"], TIME: ["title", "data-worded"] };

/** Returns whether anything that can be seen has changed. */
export function morph(element, wanted) {
  if (element.nodeName !== wanted.nodeName) {
    element.replaceWith(wanted.cloneNode(true));
    return true;
  }
  const attributes = morphAttributes(element, wanted);
  if (element.nodeName === "TIME") return morphTime(element, wanted) || attributes;
  return morphChildren(element, wanted) || attributes;
}

export function morphChildren(element, wanted) {
  let changed = false;
  let child = element.firstChild;
  for (const node of [...wanted.childNodes]) {
    const match = find(child, node);
    if (!match) {
      element.insertBefore(node.cloneNode(true), child);
      changed ||= !blank(node);
      continue;
    }
    while (child !== match) {
      changed ||= !blank(child);
      child = drop(child);
    }
    child = match.nextSibling;
    changed = morphNode(match, node) || changed;
  }
  while (child) {
    changed ||= !blank(child);
    child = drop(child);
  }
  return changed;
}

function morphNode(node, wanted) {
  if (node.nodeType === Node.ELEMENT_NODE) return morph(node, wanted);
  if (node.data === wanted.data) return false;
  const seen = node.data.trim() !== wanted.data.trim();
  node.data = wanted.data;
  return seen;
}

/** The first sibling from `child` on that can become `wanted`. */
function find(child, wanted) {
  for (let node = child; node; node = node.nextSibling) {
    if (node.nodeType !== wanted.nodeType || node.nodeName !== wanted.nodeName) continue;
    if ((node.id ?? "") === (wanted.id ?? "")) return node;
  }
  return null;
}

function morphAttributes(element, wanted) {
  const own = OWN[element.nodeName] ?? [];
  let changed = false;
  for (const { name, value } of wanted.attributes) {
    if (own.includes(name) || element.getAttribute(name) === value) continue;
    element.setAttribute(name, value);
    changed = true;
  }
  for (const { name } of [...element.attributes]) {
    if (own.includes(name) || wanted.hasAttribute(name)) continue;
    element.removeAttribute(name);
    changed ||= name !== "class";
  }
  return changed;
}

// A time's words are the browser's: they change without being news.
function morphTime(element, wanted) {
  if (element.dataset.worded === wanted.dateTime) return false;
  return !element.dataset.worded && morphChildren(element, wanted);
}

function blank(node) {
  return node.nodeType === Node.COMMENT_NODE || (node.nodeType === Node.TEXT_NODE && !node.data.trim());
}

function drop(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}
