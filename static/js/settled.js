// A message that something is under way goes once the page shows that it no longer is.
function settle() {
  for (const message of document.querySelectorAll("[data-until]"))
    if (document.querySelector(`[data-settled="${CSS.escape(message.dataset.until)}"]`)) message.remove();
}

document.addEventListener("htmx:after:swap", settle);
settle();
