// A value longer than data-longest characters is said beside its field at once, and not sent: a form
// of many such ones is refused before its page is seen.
const tooLong = (input) => input.value.length > Number(input.dataset.longest);

document.addEventListener("input", ({ target }) => {
  if (!target.dataset.longest) return;
  const note = target.parentElement.querySelector("[data-too-long]");
  note.hidden = !tooLong(target);
  target.toggleAttribute("aria-invalid", false);
  if (tooLong(target)) target.setAttribute("aria-invalid", "true");
});

document.addEventListener(
  "submit",
  (event) => {
    const first = [...event.target.querySelectorAll("[data-longest]")].find(tooLong);
    if (!first) return;
    event.preventDefault();
    event.stopPropagation();
    const folded = first.closest("details");
    if (folded) folded.open = true;
    first.focus();
  },
  true,
);
