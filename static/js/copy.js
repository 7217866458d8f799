// [data-copy] puts its text on the clipboard and says so for two seconds.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  if (!(await put(button.dataset.copy, button))) return;
  const label = button.querySelector("span") ?? button;
  const before = (button.dataset.before ??= label.textContent);
  label.textContent = button.dataset.done;
  button.dataset.copied = "";
  button.setAttribute("aria-live", "polite");
  clearTimeout(button.copyTimer);
  button.copyTimer = setTimeout(() => {
    label.textContent = before;
    delete button.dataset.copied;
  }, 2000);
});

async function put(text, button) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed here; the way below may still be.
    }
  }
  // Without HTTPS there is no clipboard to write to but the selection's.
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  button.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  button.focus();
  return done;
}
