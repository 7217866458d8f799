// A text field that offers what the server finds, after the ARIA practices' combobox with list
// autocomplete. Free text stays possible; without this script it is a plain field.
const PAUSE = 300;
let count = 0;

class Combobox {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input");
    this.popup = document.createElement("div");
    this.list = document.createElement("ul");
    this.note = document.createElement("p");
    this.turn = 0;
    this.build();
    this.listen();
  }

  build() {
    const id = `combobox-${++count}`;
    this.popup.className = "combobox-popup";
    this.popup.hidden = true;
    this.list.id = id;
    this.list.className = "combobox-list";
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", this.box.dataset.label ?? "");
    this.note.className = "combobox-note";
    this.note.setAttribute("role", "status");
    this.popup.append(this.list, this.note);
    this.box.append(this.popup);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": id, "aria-expanded": "false", autocomplete: "off" }))
      this.input.setAttribute(name, value);
  }

  listen() {
    this.input.addEventListener("input", (event) => {
      if (event.isTrusted) this.later();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("click", () => this.popup.hidden && this.ask());
    this.input.addEventListener("blur", () => this.close());
    // Pressing in the list must not take the focus from the field.
    this.popup.addEventListener("pointerdown", (event) => event.preventDefault());
    this.popup.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
  }

  key(event) {
    const act = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Enter: () => this.take(), Escape: () => this.escape(), Tab: () => this.close() }[event.key];
    if (act?.() === true) event.preventDefault();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const typed = this.input.value.trim();
    if (typed.length < Number(this.box.dataset.least || 0)) return this.close();
    const turn = ++this.turn;
    this.asking = new AbortController();
    this.box.dataset.busy = "";
    try {
      const answer = await fetch(this.address(typed), { signal: this.asking.signal, redirect: "error", headers: { Accept: "text/html" } });
      const html = answer.ok ? await answer.text() : "";
      // A late answer never replaces a newer one.
      if (turn === this.turn && document.activeElement === this.input) this.show(html);
    } catch {
      if (turn === this.turn) this.close();
    } finally {
      if (turn === this.turn) delete this.box.dataset.busy;
    }
  }

  address(typed) {
    const address = new URL(this.box.dataset.combobox, location.href);
    const values = new FormData(this.input.form);
    address.searchParams.set("q", typed);
    for (const name of (this.box.dataset.send ?? "").split(" ").filter(Boolean))
      address.searchParams.set(name, values.get(name) ?? "");
    return address;
  }

  show(html) {
    const page = new DOMParser().parseFromString(html, "text/html");
    this.list.replaceChildren(...page.querySelectorAll("[role=option]"));
    this.options.forEach((option, index) => (option.id = `${this.list.id}-${index}`));
    this.note.textContent = page.querySelector("[data-note]")?.textContent.trim() ?? "";
    this.mark(null);
    const shown = this.options.length > 0 || this.note.textContent !== "";
    this.popup.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown && this.options.length > 0));
  }

  get options() {
    return [...this.list.children];
  }

  get marked() {
    return this.popup.hidden ? null : this.list.querySelector("[aria-selected=true]");
  }

  move(step) {
    if (this.popup.hidden) {
      this.ask();
      return true;
    }
    const stops = [null, ...this.options];
    const next = stops[(stops.indexOf(this.marked) + step + stops.length) % stops.length];
    this.mark(next);
    return true;
  }

  mark(option) {
    for (const other of this.options) other.setAttribute("aria-selected", String(other === option));
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  take() {
    if (!this.marked) {
      this.close();
      return false;
    }
    this.choose(this.marked);
    return true;
  }

  escape() {
    if (this.popup.hidden) return false;
    this.close();
    return true;
  }

  /** data-value goes into the field, data-fill (JSON: name → value) into others of the form. */
  choose(option) {
    this.close();
    put(this.input, option.dataset.value);
    const fill = JSON.parse(option.dataset.fill || "{}");
    for (const [name, value] of Object.entries(fill)) {
      const control = this.input.form.elements.namedItem(name);
      if (control) put(control, value);
    }
  }

  close() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.asking?.abort();
    delete this.box.dataset.busy;
    this.popup.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function put(control, value) {
  if (control.value === value) return;
  control.value = value;
  const element = control instanceof RadioNodeList ? control[0] : control;
  for (const name of ["input", "change"]) element.dispatchEvent(new Event(name, { bubbles: true }));
}

function equip(root) {
  for (const box of root.querySelectorAll("[data-combobox]:not(:has(> .combobox-popup))")) new Combobox(box);
}

document.addEventListener("htmx:load", (event) => equip(event.target));
equip(document);
