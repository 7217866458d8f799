// What is to be corrected in a form that came back: links with data-corrects, a field each. The
// focus goes to the first field; a link goes once its field has changed, whoever changed it.
const form = document.querySelector("form[data-to-correct]");
const links = () => [...(form?.querySelectorAll("[data-corrects]") ?? [])];
const before = new Map(links().map(({ dataset }) => [dataset.corrects, stands(dataset.corrects)]));

/** The controls of a field, which are several where it is made of rows, or of radios. */
function controls(field) {
  const found = form.querySelectorAll(`[name="${field}"], [name^="${field}_"]`);
  return [...found].filter(({ type, disabled }) => type !== "hidden" && !disabled);
}

/** What stands in them, and is chosen. */
function stands(field) {
  const chosen = controls(field).filter(({ type, checked }) => checked || !["radio", "checkbox"].includes(type));
  return chosen.map(({ value }) => value).join("\n");
}

/** To what is chosen; of secrets to the first that is to be entered again. */
function focusOn(field) {
  const all = controls(field);
  const empty = ({ type, value, previousElementSibling }) => type === "password" && !value && previousElementSibling?.value;
  const control = all.find(empty) ?? all.find(({ checked }) => checked) ?? all[0];
  const folded = control?.closest("details");
  if (folded) folded.open = true;
  control?.closest(".field")?.scrollIntoView({ block: "nearest" });
  control?.focus();
  return Boolean(control);
}

form?.addEventListener("click", (event) => {
  const link = event.target.closest("[data-corrects]");
  if (link && focusOn(link.dataset.corrects)) event.preventDefault();
});

function corrected({ target }) {
  for (const link of links()) {
    const field = link.dataset.corrects;
    if (stands(field) !== before.get(field) || controls(field).includes(target)) correct(link, field);
  }
}

function correct(link, field) {
  for (const control of controls(field)) control.closest("[aria-invalid=true]")?.removeAttribute("aria-invalid");
  document.getElementById(`id_${field}_error`)?.remove();
  const list = link.closest("p");
  link.remove();
  if (!links().length) list.remove();
}

// Some parts of the form keep the event to themselves.
form?.addEventListener("change", corrected, true);
// What the server has put there is another value, too.
form?.addEventListener("htmx:after:settle", corrected);

/** With a recipe, which decides the rest, most of them are not to be seen. */
function arrange() {
  const list = links()[0]?.closest("p");
  if (!list) return;
  for (const link of links()) link.hidden = controls(link.dataset.corrects).every((each) => each.closest("[data-off]"));
  list.hidden = links().every(({ hidden }) => hidden);
}

document.addEventListener("change", () => setTimeout(arrange));

const first = links()[0];
if (first) focusOn(first.dataset.corrects);
