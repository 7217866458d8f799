// Fields come and go as choices change: data-shown-when="choice=value other=this|that".
// What was typed into a field stays there while it is away. An <option> may carry it too.
function holds(form, conditions) {
  const chosen = new FormData(form);
  return conditions.split(/\s+/).every((condition) => {
    const [name, values] = condition.split("=");
    return values.split("|").includes(String(chosen.get(name) ?? ""));
  });
}

function arrange(form) {
  for (const select of form.querySelectorAll("select:has([data-shown-when])")) narrow(select);
  for (const field of form.querySelectorAll("[data-shown-when]:not(option)")) {
    const shown = holds(form, field.dataset.shownWhen);
    field.toggleAttribute("data-off", !shown);
    // A field that is away must not keep the form from being sent.
    for (const control of field.querySelectorAll("[required], [data-required]")) {
      control.toggleAttribute("data-required", true);
      control.required = shown;
    }
  }
}

// An option that does not fit is not offered. What was chosen comes back with its choices; where
// one option alone fits, it is chosen.
function narrow(select) {
  for (const option of select.querySelectorAll("[data-shown-when]"))
    option.hidden = option.disabled = !holds(select.form, option.dataset.shownWhen);
  const offered = [...select.options].filter((option) => !option.disabled && option.value);
  if (offered.some((option) => option.selected)) return;
  if (select.value) select.dataset.left = select.value;
  const before = offered.find((option) => option.value === select.dataset.left);
  select.value = (before ?? (offered.length === 1 ? offered[0] : null))?.value ?? "";
}

function arrangeAll() {
  for (const form of document.querySelectorAll("form:has([data-shown-when])")) arrange(form);
}

document.addEventListener("change", (event) => {
  if (event.target.form?.querySelector("[data-shown-when]")) arrange(event.target.form);
});
addEventListener("pageshow", arrangeAll);
arrangeAll();
