// A form with data-auto sends itself as choices are made.
document.addEventListener("change", ({ target }) => {
  if (target.form?.hasAttribute("data-auto") && target.matches("select, [type=checkbox], [type=radio]"))
    target.form.requestSubmit();
});
