// A button with data-set (JSON: name → value) puts the values into fields of its form.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("button[data-set]");
  if (!button) return;
  event.preventDefault();
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.set))) {
    const control = button.form.elements.namedItem(name);
    if (!control) continue;
    control.value = value;
    const element = control instanceof RadioNodeList ? control[0] : control;
    element.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
