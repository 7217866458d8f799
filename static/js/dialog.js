// A link with data-dialog opens the confirmation that stands on its page; without this script,
// or when anything goes wrong, the link leads to the page itself.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const body = await confirmation(link.href);
  if (body) show(body, link);
  else location.assign(link.href);
});

async function confirmation(address) {
  try {
    const answer = await fetch(address, { redirect: "error", headers: { Accept: "text/html" } });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-dialog-body]");
  } catch {
    return null;
  }
}

function show(body, opener) {
  const dialog = document.createElement("dialog");
  dialog.className = "dialog";
  dialog.append(document.adoptNode(body));
  const heading = dialog.querySelector("h1, h2");
  if (heading) {
    heading.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  dialog.addEventListener("close", () => {
    dialog.remove();
    // The menu that it was chosen from has closed meanwhile.
    const menu = opener.closest("details:not([open])");
    (menu ? menu.querySelector("summary") : opener).focus();
  });
  dialog.addEventListener("click", (event) => {
    const outside = event.target === dialog && !inside(dialog, event);
    if (outside || event.target.closest("[data-dialog-close]")) {
      event.preventDefault();
      dialog.close();
    }
  });
  for (const form of dialog.querySelectorAll("form:not([action])")) form.action = opener.href;
  document.body.append(dialog);
  dialog.showModal();
}

function inside(element, { clientX, clientY }) {
  const box = element.getBoundingClientRect();
  return clientX >= box.left && clientX <= box.right && clientY >= box.top && clientY <= box.bottom;
}
