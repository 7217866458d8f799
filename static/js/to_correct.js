// What is to be corrected in a form that came back: links with data-corrects, a field each. The
// focus goes to the first field; a link goes once its field is changed.
const form = document.querySelector("form[data-to-correct]");
const links = () => [...(form?.querySelectorAll("[data-corrects]") ?? [])];

/** The controls of a field, which are several where it is made of rows, or of radios. */
function controls(field) {
  const found = form.querySelectorAll(`[name="${field}"], [name^="${field}_"]`);
  return [...found].filter(({ type, disabled }) => type !== "hidden" && !disabled);
}

/** To what is chosen; of secrets to the first that is to be entered again. */
function focusOn(field) {
  const all = controls(field);
  const empty = ({ type, value, previousElementSibling }) => type === "password" && !value && previousElementSibling?.value;
  const control = all.find(empty) ?? all.find(({ checked }) => checked) ?? all[0];
  const folded = control?.closest("details");
  if (folded) folded.open = true;
  control?.focus();
  return Boolean(control);
}

form?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-corrects]");
  if (link && focusOn(link.dataset.corrects)) event.preventDefault();
});

function corrected({ target }) {
  const link = links().find((each) => controls(each.dataset.corrects).includes(target));
  if (!link) return;
  target.closest("[aria-invalid=true]")?.removeAttribute("aria-invalid");
  document.getElementById(`id_${link.dataset.corrects}_error`)?.remove();
  const list = link.closest("p");
  link.remove();
  if (!links().length) list.remove();
}

// Some parts of the form keep the event to themselves.
form?.addEventListener("change", corrected, true);

const first = links()[0];
if (first) focusOn(first.dataset.corrects);
