// Rows of a name and a value: more of them on request, and fewer.
for (const rows of document.querySelectorAll("[data-pairs]")) {
  const add = rows.querySelector("[data-pairs-add]");
  const count = () => rows.querySelectorAll(".pair").length;
  const arrange = () => {
    add.hidden = count() >= Number(rows.dataset.pairs);
    for (const remove of rows.querySelectorAll("[data-pairs-remove]")) remove.hidden = false;
  };

  add.addEventListener("click", () => {
    const last = [...rows.querySelectorAll(".pair")].at(-1);
    const row = last.cloneNode(true);
    empty(row);
    last.after(row);
    row.querySelector("input").focus();
    arrange();
  });

  rows.addEventListener("click", ({ target }) => {
    const row = target.closest("[data-pairs-remove]")?.closest(".pair");
    if (!row) return;
    const next = row.nextElementSibling.matches(".pair") ? row.nextElementSibling : row.previousElementSibling;
    if (count() > 1) row.remove();
    else empty(row);
    (next.querySelector("input") ?? add).focus();
    rows.dispatchEvent(new Event("change", { bubbles: true }));
    arrange();
  });

  arrange();
}

function empty(row) {
  for (const input of row.querySelectorAll("input")) {
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
