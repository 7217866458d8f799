// What an answer does not touch: rows that are as they were, times that this browser has worded,
// the page's title, and everything where the element that asked is gone.
htmx.registerExtension("swap", {
  htmx_before_response: (element) => element.isConnected,

  htmx_before_swap(_element, { ctx }) {
    ctx.title = "";
  },

  htmx_before_morph_node: (_element, { oldNode, newNode }) =>
    !("same" in newNode.dataset) && !(oldNode.dataset.worded && oldNode.dataset.worded === newNode.dateTime),
});
