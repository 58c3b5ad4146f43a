// Keys of the viewer, only while the focus is inside it: each presses the link or button that bears it. All work without this file.
(function () {
  "use strict";

  let wasInside = false;

  function viewerOf(element) {
    return element && element.closest ? element.closest("[data-portal-pages]") : null;
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    const viewer = viewerOf(event.target);
    if (!viewer || event.target.matches("input:not([type=hidden]), textarea, select")) return;
    const wanted = viewer.querySelector('[data-portal-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });

  // A piece that takes the place of one that had the focus has it again, so that the next key is heard too.
  document.addEventListener("htmx:beforeSwap", function () { wasInside = Boolean(viewerOf(document.activeElement)); });
  document.addEventListener("htmx:afterSettle", function () {
    const viewer = document.querySelector("[data-portal-pages]");
    if (wasInside && viewer && !viewerOf(document.activeElement)) viewer.focus({ preventScroll: true });
  });
})();
