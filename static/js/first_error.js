// A form with data-first-error that came back with errors: the focus goes to the first field of them,
// and there again from a link with data-to-first-error.
const form = document.querySelector("form[data-first-error]");

function focusFirst() {
  const wrong = form?.querySelector("[aria-invalid=true]:not([type=hidden])");
  if (!wrong) return false;
  const folded = wrong.closest("details");
  if (folded) folded.open = true;
  inputOf(wrong).focus();
  return true;
}

/** Of a group its first input, of one with secrets the first that is to be entered again. */
function inputOf(wrong) {
  if (!wrong.matches("fieldset")) return wrong;
  return wrong.querySelector("input[type=password]:placeholder-shown") ?? wrong.querySelector("input");
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-to-first-error]") && focusFirst()) event.preventDefault();
});
focusFirst();
