// The dialog in which htmx puts what links and forms with hx-target="#dialog" ask for.
const dialog = document.getElementById("dialog");
let opener = null;

document.addEventListener("htmx:before:request", (event) => {
  if (dialog.open && event.detail.ctx.target === dialog && !dialog.contains(event.target)) event.preventDefault();
});

// An answer that comes after the dialog was closed must not open it again.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.target === dialog && !ctx.sourceElement.isConnected) event.preventDefault();
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target !== dialog || ctx.swap === "none") return;
  if (!dialog.querySelector("[data-dialog-body]")) return leave(ctx);
  if (dialog.open) return focusWrong();
  opener = ctx.sourceElement;
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.showModal();
});

for (const failed of ["htmx:error", "htmx:response:error"])
  document.addEventListener(failed, ({ detail: { ctx } }) => {
    if (ctx?.target === dialog && !ctx.sourceElement.matches("form")) leave(ctx);
  });

/** To the page itself, where a dialog cannot show it. */
function leave(ctx) {
  const { form } = ctx.sourceElement;
  if (!form) return location.assign(ctx.request.action);
  form.action = ctx.request.action;
  form.submit();
}

/** To the first field with an error, or else to what is said of the form as a whole. */
function focusWrong() {
  const wrong = dialog.querySelector("[aria-invalid=true]:not([type=hidden])");
  if (wrong) return (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong).focus();
  const said = dialog.querySelector("[role=alert], .messages");
  said?.setAttribute("tabindex", "-1");
  said?.focus();
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
