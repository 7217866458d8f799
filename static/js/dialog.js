// A link with data-dialog opens in a dialog what its page has for one; without this script, or when
// anything goes wrong, the link leads to the page itself.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const page = await load(link.href);
  if (page) show(page, link);
  else location.assign(link.href);
});

/** The page at an address of ours; null where there is none that a dialog could show. */
export async function load(address) {
  try {
    const answer = await fetch(address, { redirect: "error", headers: { Accept: "text/html" } });
    const page = answer.ok ? await parsed(answer) : null;
    return page?.querySelector("[data-dialog-body]") ? page : null;
  } catch {
    return null;
  }
}

export async function parsed(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Puts what a page has for a dialog into one; false where it has nothing. */
export function fill(dialog, page, address) {
  const body = page.querySelector("[data-dialog-body]");
  if (!body) return false;
  dialog.replaceChildren(body);
  const heading = body.querySelector("h1, h2");
  if (heading) {
    heading.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  const form = body.querySelector("form");
  if (form && !form.hasAttribute("action")) form.setAttribute("action", address);
  // They are shown once, so whoever fetched the page has to show them.
  (form ?? body).prepend(...page.querySelectorAll(".messages"));
  return true;
}

function show(page, opener) {
  if (document.querySelector("dialog[open]")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  fill(dialog, page, opener.href);
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The menu that it was chosen from has closed meanwhile.
    const menu = opener.closest("details:not([open])");
    (menu ? menu.querySelector("summary") : opener).focus();
  });
  dialog.addEventListener("click", (event) => {
    if (!event.target.closest("[data-dialog-close]") && !isBeside(dialog, event)) return;
    event.preventDefault();
    dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}

/** A click beside a dialog closes it, but not where something typed would be lost. */
function isBeside(dialog, { target, clientX, clientY }) {
  if (target !== dialog || dialog.querySelector("input:not([type=hidden])")) return false;
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
