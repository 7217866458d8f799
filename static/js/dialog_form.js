// A form within a dialog is sent from there. What is wrong is shown in the dialog; once it is done,
// the browser goes to where the answer leads.
import { fill, load, parsed } from "dialog";

const LONGEST = 60_000;

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const dialog = form.closest("dialog");
  if (!dialog || event.defaultPrevented) return;
  event.preventDefault();
  const closed = new AbortController();
  dialog.addEventListener("close", () => closed.abort());
  try {
    await take(await send(form, closed.signal), form, dialog);
  } catch {
    if (!closed.signal.aborted) complain(form);
  }
});

function send(form, closed) {
  const body = new URLSearchParams(new FormData(form));
  form.dispatchEvent(new Event("dialog:sent", { bubbles: true }));
  return fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "text/html", Dialog: "form" },
    redirect: "error",
    signal: AbortSignal.any([closed, AbortSignal.timeout(LONGEST)]),
  });
}

async function take(answer, form, dialog) {
  if (answer.headers.has("HX-Redirect")) return follow(answer, form, dialog);
  const page = await parsed(answer);
  if (fill(dialog, page, form.action)) focus(dialog);
  else complain(form, page);
}

async function follow(answer, form, dialog) {
  const target = new URL(answer.headers.get("HX-Redirect"), location.href);
  if (target.origin !== location.origin) throw new TypeError(`${target.origin} is another site.`);
  // The form is to be looked over and sent again: that can be done here.
  const again = target.pathname === new URL(form.action).pathname && (await load(target));
  if (!dialog.open) return;
  if (again) {
    fill(dialog, again, form.action);
    focus(dialog);
  } else {
    location.assign(target);
  }
}

/** Says above the form's fields what happened: in the words of the page that came, if it has any. */
function complain(form, page) {
  const template = document.getElementById("dialog-problem").content;
  const problem = template.firstElementChild.cloneNode(true);
  for (const part of ["[data-problem-title]", "[data-problem-text]"]) {
    const told = page?.querySelector(part);
    if (told) problem.querySelector(part).replaceChildren(...told.childNodes);
  }
  if (!form.querySelector("input[type=password]")) problem.querySelector("[data-problem-secrets]").remove();
  for (const other of form.querySelectorAll(":scope > :is([role=alert], .messages)")) other.remove();
  form.prepend(problem);
  form.dispatchEvent(new Event("dialog:answered", { bubbles: true }));
  problem.focus();
}

/** To the first field with an error, or else to what the form says as a whole. */
function focus(dialog) {
  const wrong = dialog.querySelector("[aria-invalid=true]:not([type=hidden])");
  if (wrong) return (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong).focus();
  const said = dialog.querySelector("[role=alert], .messages");
  said?.setAttribute("tabindex", "-1");
  said?.focus();
}
