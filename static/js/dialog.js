// The dialog in which htmx puts what links and forms with hx-target="#dialog" ask for.
const dialog = document.getElementById("dialog");
let opener = null;
let wasAboutToClose = false;

document.addEventListener("htmx:before:request", (event) => {
  if (dialog.open && event.detail.ctx.target === dialog && !dialog.contains(event.target)) event.preventDefault();
});

// An answer that comes after the dialog was closed must not open it again.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.target === dialog && !ctx.sourceElement.isConnected) event.preventDefault();
});

// Where the link would open beside the page, what was asked for leads nowhere: the page stays, with
// what is being filled in there.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!ctx.hx.redirect || !dialog.contains(ctx.sourceElement) || opener.target !== "_blank") return;
  const done = dialog.querySelector("a[data-dialog-close]").pathname;
  if (new URL(ctx.hx.redirect, location.href).pathname !== done) return;
  event.preventDefault();
  dialog.close();
});

document.addEventListener("htmx:before:swap", () => {
  wasAboutToClose = dialog.contains(document.activeElement) && document.activeElement.matches("[data-dialog-close]");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target !== dialog || ctx.swap === "none") return;
  if (!dialog.querySelector("[data-dialog-body]")) return leave(ctx);
  if (dialog.open) return focusNew();
  opener = ctx.sourceElement;
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.showModal();
});

for (const failed of ["htmx:error", "htmx:response:error"])
  document.addEventListener(failed, ({ detail: { ctx } }) => {
    if (ctx?.target === dialog && !ctx.sourceElement.matches("form")) leave(ctx);
  });

/** To the page itself, where a dialog cannot show it. */
function leave({ sourceElement, request }) {
  if (sourceElement.target === "_blank") return open(request.action, "_blank", "noreferrer");
  const { form, formTarget } = sourceElement;
  if (!form) return location.assign(request.action);
  const before = { action: form.action, target: form.target };
  Object.assign(form, { action: request.action, target: formTarget });
  form.submit();
  // Where that opened beside the page, the form stays.
  Object.assign(form, before);
}

/** To the first field with an error, or else to what is said of the form as a whole, or of what
    became of it: that comes anew by itself, also to somebody who is about to close it. */
function focusNew() {
  const wrong = dialog.querySelector("[aria-invalid=true]:not([type=hidden])");
  if (wrong) return (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong).focus();
  const said = dialog.querySelector("[role=alert], .messages");
  if (!said && wasAboutToClose) return dialog.querySelector("[data-dialog-close]").focus();
  const news = said ?? dialog.querySelector("[role=status]");
  news?.setAttribute("tabindex", "-1");
  news?.focus();
}

dialog.addEventListener("close", () => {
  dialog.replaceChildren();
  // The menu that it was chosen from has closed meanwhile.
  const menu = opener.closest("details:not([open])");
  (menu?.querySelector("summary") ?? opener.closest("[popover]")?.opener ?? opener).focus();
});

dialog.addEventListener("click", (event) => {
  if (!event.target.closest("[data-dialog-close]") && !isBeside(event)) return;
  event.preventDefault();
  dialog.close();
});

/** A click beside the dialog closes it, but not where something typed would be lost. */
function isBeside({ target, clientX, clientY }) {
  if (target !== dialog || dialog.querySelector("input:not([type=hidden])")) return false;
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
