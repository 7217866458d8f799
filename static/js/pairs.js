// Rows of a name and a value: more of them on request.
for (const button of document.querySelectorAll("[data-pairs-add]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const last = [...button.closest("[data-pairs]").querySelectorAll(".pair")].at(-1);
    const row = last.cloneNode(true);
    for (const input of row.querySelectorAll("input")) input.value = "";
    last.after(row);
    row.querySelector("input").focus();
  });
}
