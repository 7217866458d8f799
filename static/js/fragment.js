// A code in the fragment of a link, which is never sent to a server nor kept in its logs, is moved
// into the field that asks for it.
const field = document.querySelector("[data-from-fragment]");
if (field && location.hash.length > 1) {
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname + location.search);
}
