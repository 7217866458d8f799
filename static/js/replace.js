// A request that replaces another ends that one. htmx ends it only where nothing was ended just
// before: of three in a row the second's answer could come after the third's, and stay.
const issued = new WeakMap();

htmx.registerExtension("replace", {
  htmx_before_request(element, { ctx }) {
    issued.get(element)?.abort();
    issued.set(element, ctx.request);
  },
});
