// Fields come and go as choices change: data-shown-when="choice=value other=this|that".
// What was typed into a field stays there while it is away.
function holds(form, conditions) {
  const chosen = new FormData(form);
  return conditions.split(/\s+/).every((condition) => {
    const [name, values] = condition.split("=");
    return values.split("|").includes(String(chosen.get(name) ?? ""));
  });
}

function arrange(form) {
  for (const field of form.querySelectorAll("[data-shown-when]")) {
    const shown = holds(form, field.dataset.shownWhen);
    field.toggleAttribute("data-off", !shown);
    // A field that is away must not keep the form from being sent.
    for (const control of field.querySelectorAll("[required], [data-required]")) {
      control.toggleAttribute("data-required", true);
      control.required = shown;
    }
  }
}

function arrangeAll() {
  for (const form of document.querySelectorAll("form:has([data-shown-when])")) arrange(form);
}

document.addEventListener("change", (event) => {
  if (event.target.form?.querySelector("[data-shown-when]")) arrange(event.target.form);
});
document.addEventListener("htmx:load", arrangeAll);
addEventListener("pageshow", arrangeAll);
arrangeAll();
