// A <details class="menu"> closes when one clicks elsewhere, leaves it, or presses Escape.
const open = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of open()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

// Arrow keys go through the entries, as in any menu.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = step && event.target.closest?.("details.menu[open], .menu-body[popover]");
  if (!menu) return;
  const entries = [...menu.querySelectorAll("summary, :is(.menu-body, .menu-entries) :is(a, button, input)")].filter(
    (entry) => entry.checkVisibility(),
  );
  const next = entries[(entries.indexOf(document.activeElement) + step + entries.length) % entries.length];
  event.preventDefault();
  next?.focus();
});
