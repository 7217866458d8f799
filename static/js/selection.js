// What is selected in a table: how many and at what cost, all of a page at once, ranges with Shift.
const ROW = "input[name=endpoint][form=bulk]";
const PAGE = "[data-select-page]";
const rows = () => [...document.querySelectorAll(ROW)];
const find = (selector) => document.querySelector(selector);
const everything = () => find("input[name=all][form=bulk]");
let last = null;

document.addEventListener("click", ({ target, shiftKey }) => {
  if (!target.matches?.(ROW)) return;
  const all = rows();
  const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((a, b) => a - b);
  if (shiftKey && from >= 0) for (const row of all.slice(from, to + 1)) row.checked = target.checked;
  last = target;
});

document.addEventListener("change", ({ target }) => {
  if (target.matches(PAGE) || target === everything()) for (const row of rows()) row.checked = target.checked;
  else if (!target.matches(ROW)) return;
  if (!target.checked) everything().checked = false;
  tell();
});

document.addEventListener("reset", ({ target }) => {
  if (target.id === "bulk") setTimeout(tell);
});
document.addEventListener("htmx:after:swap", tell);
addEventListener("pageshow", tell);

function tell() {
  const page = find(PAGE);
  if (!page) return;
  const chosen = rows().filter((row) => row.checked);
  page.checked = chosen.length > 0 && chosen.length === rows().length;
  page.indeterminate = chosen.length > 0 && !page.checked;
  const isAll = everything().checked;
  find("[data-selected]").hidden = false;
  find("[data-selected-count]").textContent = isAll ? find("[data-matching]").dataset.matching : chosen.length;
  tellCost(isAll ? [""] : chosen.map((row) => row.dataset.cost));
}

/** Nothing where one of them is not known: the preview says which. */
function tellCost(costs) {
  const cost = find("[data-selected-cost]");
  cost.hidden = costs.includes("");
  cost.querySelector("bdi").textContent = dollars(costs.reduce((sum, each) => sum + Number(each), 0));
}

/** As the template tag `money` writes them. */
function dollars(amount) {
  const isRound = !amount || amount >= 1000;
  const isFine = amount < 1 && Math.round(amount * 1000) !== 10 * Math.round(amount * 100);
  const digits = isRound ? 0 : isFine ? 3 : 2;
  return `$${amount.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
