// What an answer does not touch: rows that are as they were, times that this browser has worded, what
// somebody has had revealed as long as it is of the same version, the page's title, and everything
// where the element that asked is gone.
htmx.registerExtension("swap", {
  htmx_before_response: (element) => element.isConnected,

  htmx_before_swap(_element, { ctx }) {
    ctx.title = "";
  },

  htmx_before_morph_node: (_element, { oldNode, newNode }) =>
    !("same" in newNode.dataset) &&
    !(oldNode.dataset.worded && oldNode.dataset.worded === newNode.dateTime) &&
    !(oldNode.dataset.revealed && oldNode.dataset.revealed === newNode.dataset.hidden),
});
