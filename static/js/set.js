// A button with data-set (JSON: name → value) puts the values into fields of its form. What it stands
// in is drawn anew, perhaps without it: the focus goes there.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-set]");
  if (!button) return;
  event.preventDefault();
  const values = Object.entries(JSON.parse(button.dataset.set));
  const set = values.map(([name, value]) => put(button.form, name, value)).filter(Boolean);
  for (const control of set) control.dispatchEvent(new Event("change", { bubbles: true }));
  button.closest("[role=group]")?.focus({ preventScroll: true });
});

function put(form, name, value) {
  const control = form.elements.namedItem(name);
  if (!control) return null;
  control.value = value;
  if (!(control instanceof RadioNodeList)) return control;
  if (control.value !== value) offer(control, value);
  return control[0];
}

/** One that is not on the page is sent all the same, until the server has drawn it. */
function offer(radios, value) {
  for (const radio of radios) radio.checked = false;
  const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: radios[0].name, value });
  radios[0].closest("fieldset").append(hidden);
}
