// A form in the dialog to which no form comes back: says above its fields what happened, in the
// words of the page that came, if it has any.
const formOf = (ctx) => (ctx?.sourceElement.matches?.("dialog form") ? ctx.sourceElement : null);

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const form = formOf(ctx);
  if (form && !form.hasAttribute(`hx-status:${ctx.response.status}`)) complain(form, ctx.text);
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (formOf(ctx)) complain(ctx.sourceElement);
});

document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  const form = formOf(ctx);
  if (!form || !ctx.hx.redirect) return;
  const target = new URL(ctx.hx.redirect, location.href);
  if (target.origin !== location.origin) {
    event.preventDefault();
    complain(form);
  } else if (target.pathname === new URL(ctx.request.action, location.href).pathname) {
    // The form is to be looked over and sent again: that can be done here.
    event.preventDefault();
    const select = form.getAttribute("hx-select");
    htmx.ajax("GET", target.pathname + target.search, { source: "#dialog", target: "#dialog", swap: "innerHTML", select });
  }
});

function complain(form, html = "") {
  const problem = document.getElementById("dialog-problem").content.firstElementChild.cloneNode(true);
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const part of ["[data-problem-title]", "[data-problem-text]"]) {
    const told = page.querySelector(part);
    if (told) problem.querySelector(part).replaceChildren(...told.childNodes);
  }
  if (!form.querySelector("input[type=password]")) problem.querySelector("[data-problem-secrets]").remove();
  for (const other of form.querySelectorAll(":scope > [role=alert]")) other.remove();
  form.prepend(problem);
  problem.focus();
}
