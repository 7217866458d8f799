// The one menu of a table's rows: it opens beside the link that asked for it, with what came for it.
const menu = document.getElementById("row-menu");
const GAP = 4;

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (!menu || ctx.target !== menu) return;
  // Its row may have been drawn anew since.
  const opener = document.querySelector(`[href="${CSS.escape(ctx.sourceElement.getAttribute("href"))}"]`);
  if (!opener) return;
  menu.opener = opener;
  menu.showPopover({ source: opener });
  place(opener.getBoundingClientRect());
  menu.querySelector("a")?.focus();
});

function place(beside) {
  const { width, height } = menu.getBoundingClientRect();
  const below = beside.bottom + GAP;
  const top = below + height > innerHeight ? beside.top - GAP - height : below;
  const isRightToLeft = getComputedStyle(menu).direction === "rtl";
  const left = isRightToLeft ? beside.left : beside.right - width;
  menu.style.top = `${Math.max(GAP, top)}px`;
  menu.style.left = `${Math.min(Math.max(GAP, left), innerWidth - width - GAP)}px`;
}

// As any menu, it closes when one leaves it.
document.addEventListener("focusin", ({ target }) => {
  if (menu?.matches(":popover-open") && target !== menu.opener && !menu.contains(target)) menu.hidePopover();
});

// It would not move along with its row.
addEventListener("scroll", () => menu?.matches(":popover-open") && menu.hidePopover(), { passive: true });
