// What was typed into a secret field does not outlive its page: it is emptied once its form has
// been sent, and when the page is left, so that Back does not bring it again.
const empty = (root) => {
  for (const field of root.querySelectorAll("input[type=password]")) field.value = "";
};

document.addEventListener("submit", (event) => {
  // What is sent is read right after this event.
  setTimeout(() => {
    if (!event.defaultPrevented) empty(event.target);
  });
});
// By then htmx has read it. What asks for a part of a form does not send the form.
document.addEventListener("htmx:before:request", (event) => event.target.matches("form") && empty(event.target));
addEventListener("pagehide", () => empty(document));
