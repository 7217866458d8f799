// Light, dark or as the system says. Runs before the page is drawn, so it is a classic script.
(() => {
  const root = document.documentElement;
  root.dataset.js = "";
  const apply = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const mark = () => {
    for (const button of document.querySelectorAll("[data-set-theme]"))
      button.setAttribute("aria-pressed", String(button.dataset.setTheme === (root.dataset.theme ?? "")));
  };
  let storage = null;
  try {
    storage = window.localStorage;
  } catch {
    // A browser that keeps nothing: the choice lasts as long as the page.
  }
  apply(storage?.getItem("theme"));
  addEventListener("storage", (event) => {
    if (event.key === "theme") apply(event.newValue), mark();
  });
  document.addEventListener("DOMContentLoaded", mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-set-theme]");
    if (!button) return;
    apply(button.dataset.setTheme);
    storage?.setItem("theme", button.dataset.setTheme);
    mark();
  });
})();
