// Rows of a poll's tables that are new, and cells that read differently, are tinted for a moment.
htmx.registerExtension("tint", {
  htmx_before_swap(element, { tasks }) {
    if (!element.matches("[hx-trigger^=every]")) return;
    for (const { target, fragment } of tasks)
      for (const row of fragment.querySelectorAll("tr[id]:not([data-same])")) {
        const list = row.closest("tbody") ?? target;
        if (document.getElementById(list.id)?.matches("tbody")) mark(row, document.getElementById(row.id));
      }
  },
});

function mark(row, before) {
  if (!before) return row.classList.add("changed");
  [...row.children].forEach((cell, index) => {
    if (text(cell) !== text(before.children[index])) cell.classList.add("changed");
  });
}

/** What a cell says: of a time when it is, because its words change by themselves. */
function text(cell) {
  const copy = cell?.cloneNode(true);
  for (const time of copy?.querySelectorAll("time") ?? []) time.textContent = time.dateTime;
  return copy?.textContent.replace(/\s+/g, " ").trim();
}

document.addEventListener("animationend", (event) => {
  if (event.animationName === "changed") event.target.classList.remove("changed");
});
