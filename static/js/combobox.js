// The keys of a text field that offers what the server finds, after the ARIA practices' combobox
// with list autocomplete. Free text stays possible; without this script it is a plain field.
class Combobox {
  constructor(box) {
    this.box = box;
    this.input = box.querySelector("input");
    this.popup = box.querySelector(".combobox-popup");
    this.list = box.querySelector("[role=listbox]");
    this.note = box.querySelector("[role=status]");
    // The text for which nothing is offered any more.
    this.dismissed = this.input.value;
    for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false", autocomplete: "off" }))
      this.input.setAttribute(name, value);
    this.list.setAttribute("aria-label", this.box.dataset.label);
    this.listen();
  }

  listen() {
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("click", () => this.popup.hidden && this.ask());
    this.input.addEventListener("blur", () => this.close());
    document.addEventListener("change", (event) => event.target === this.input && this.changed(event), true);
    // Pressing in the list must not take the focus from the field.
    this.popup.addEventListener("pointerdown", (event) => event.preventDefault());
    this.popup.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(option);
    });
    this.box.addEventListener("htmx:before:request", (event) => {
      if (this.input.value === this.dismissed || this.isTooShort()) this.refuse(event);
    });
    this.box.addEventListener("htmx:before:response", (event) => {
      // Dismissed meanwhile, or not an answer to show.
      if (this.input.value === this.dismissed || event.detail.ctx.response.status !== 200) this.refuse(event);
    });
    this.box.addEventListener("htmx:after:swap", () => this.show());
    this.box.addEventListener("htmx:error", ({ detail }) => detail.error.name !== "AbortError" && this.close());
  }

  key(event) {
    const act = { ArrowDown: () => this.move(1), ArrowUp: () => this.move(-1), Enter: () => this.take(), Escape: () => this.escape(), Tab: () => this.close() }[event.key];
    if (act?.() === true) event.preventDefault();
  }

  ask() {
    this.dismissed = null;
    htmx.trigger(this.box, "suggest");
  }

  isTooShort() {
    return this.input.value.trim().length < Number(this.box.dataset.least);
  }

  refuse(event) {
    event.preventDefault();
    this.close();
  }

  show() {
    this.options.forEach((option, index) => (option.id = `${this.list.id}-${index}`));
    this.mark(null);
    this.note.hidden = !this.note.textContent.trim();
    this.popup.hidden = this.note.hidden && !this.options.length;
    this.input.setAttribute("aria-expanded", String(this.options.length > 0));
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

  /** What was chosen has been told: leaving the field, where something was typed before, tells nothing. */
  changed(event) {
    if (event.isTrusted && this.input.value === this.chosen) event.stopImmediatePropagation();
    else this.chosen = null;
  }

  /** data-value goes into the field, data-fill (JSON: name → value) into others of the form. */
  choose(option) {
    put(this.input, option.dataset.value);
    this.chosen = option.dataset.value;
    this.close();
    const fill = JSON.parse(option.dataset.fill || "{}");
    for (const [name, value] of Object.entries(fill)) {
      const control = this.input.form.elements.namedItem(name);
      if (control) put(control, value);
    }
  }

  close() {
    this.dismissed = this.input.value;
    this.popup.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

function put(control, value) {
  if (control.value === value) return;
  control.value = value;
  const element = control instanceof RadioNodeList ? control[0] : control;
  element.dispatchEvent(new Event("change", { bubbles: true }));
}

for (const box of document.querySelectorAll(".combobox")) new Combobox(box);
