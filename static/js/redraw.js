// The parts of a form with data-redraws are drawn anew by the server as choices are made. An answer
// to what stood there before somebody went on is not shown: it is asked for again. What is secret
// goes nowhere before the form itself is sent, only that it was entered.
const form = document.querySelector("form[data-redraws]");
const REDRAWS = "[hx-post][hx-swap=none]";
let changes = 0;
for (const type of ["input", "change"]) form?.addEventListener(type, () => changes++, true);

form?.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  ctx.changes = changes;
  const secrets = [...form.querySelectorAll("input[type=password]")].filter(({ name }) => ctx.request.body.has(name));
  for (const { name } of secrets) ctx.request.body.delete(name);
  for (const { name, value } of secrets) ctx.request.body.append(name, value && "…");
});

form?.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (ctx.changes === changes || !ctx.sourceElement.matches(REDRAWS)) return;
  event.preventDefault();
  setTimeout(() => htmx.trigger(ctx.sourceElement, "again"));
});

// Where no answer comes, what is shown is not of what stands in the form.
const stale = document.getElementById("deploy-stale");
const isOurs = (ctx) => ctx?.sourceElement.matches?.(`form[data-redraws] ${REDRAWS}`);
form?.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  if (isOurs(ctx) && error.name !== "AbortError") stale.hidden = false;
});
form?.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (isOurs(ctx)) stale.hidden = false;
});
document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (form && isOurs(ctx) && ctx.response?.status === 200) stale.hidden = true;
});

// What was done in a dialog meanwhile changes what the checks find.
document.getElementById("dialog").addEventListener("close", () => {
  const hardware = form?.querySelector("section[hx-post$='/hardware/']");
  if (hardware) htmx.trigger(hardware, "again");
});

// What the server has chosen is chosen: a control that was touched no longer follows its attributes.
form?.addEventListener("htmx:after:settle", ({ target }) => {
  for (const radio of target.querySelectorAll("input[type=radio]")) radio.checked = radio.defaultChecked;
  for (const select of target.querySelectorAll("select:has([selected])"))
    for (const option of select.options) option.selected = option.defaultSelected;
});
