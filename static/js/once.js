// A form with data-once is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once") || event.defaultPrevented) return;
  if ("submitting" in form.dataset) event.preventDefault();
  else form.dataset.submitting = "";
});

// Back from the next page: it may be sent again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-submitting]")) delete form.dataset.submitting;
});
