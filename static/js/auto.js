// A form with data-auto sends itself: choices at once; typing after a pause, but only where htmx
// puts the answer in place, because a page that is loaded anew takes the cursor away.
const PAUSE = 300;
let timer = 0;

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form?.hasAttribute("data-auto") || isText(event.target)) return;
  clearTimeout(timer);
  form.requestSubmit();
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form?.matches("[data-auto][hx-get]") || !isText(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(() => form.requestSubmit(), PAUSE);
});

function isText(control) {
  return control.matches("textarea, input:not([type=checkbox], [type=radio])");
}
