// The viewer of papers: fetched beside a dossier once it is in sight, its links change only itself, its keys work while the focus
// is inside it. Every link and the form work without this file, which is why it is not worth the 17 KB of htmx here.
(function () {
  "use strict";

  function viewerOf(element) {
    return element && element.closest ? element.closest("[data-portal-pages]") : null;
  }

  function waitIn(viewer) {
    const again = viewer.querySelector("[data-portal-again]");
    if (again) setTimeout(function () { if (viewer.isConnected) swap(viewer, again.dataset.portalAgain); }, 2000);
  }

  // Puts what an address answers in the place of a piece; the focus stays where it was. What fails is shown as a page of its own.
  function swap(piece, url, body) {
    const asked = { headers: { "HX-Request": "true" }, method: body ? "POST" : "GET", body: body };
    fetch(url, asked).then(function (answer) {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    }).then(function (html) {
      const held = piece.contains(document.activeElement) ? document.activeElement : null;
      const made = document.createElement("template");
      made.innerHTML = html;
      const fresh = made.content.querySelector("[data-portal-pages]");
      if (!fresh) throw new Error("no piece");
      piece.replaceWith(fresh);
      if (held) ((held.id && document.getElementById(held.id)) || fresh).focus({ preventScroll: true });
      waitIn(fresh);
    }).catch(function () {
      if (!viewerOf(piece)) return;
      if (body) location.reload(); // the page says why: signed out, not one's own any more
      else location.href = url;
    });
  }

  document.addEventListener("click", function (event) {
    const link = event.target.closest("a[data-portal-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    swap(viewerOf(link), link.href);
  });
  document.addEventListener("submit", function (event) {
    if (!event.target.matches("form[data-portal-swap]")) return;
    event.preventDefault();
    swap(viewerOf(event.target), event.target.action, new URLSearchParams(new FormData(event.target)));
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    const viewer = viewerOf(event.target);
    if (!viewer) return;
    const wanted = viewer.querySelector('[data-portal-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });

  document.querySelectorAll("[data-portal-pages]").forEach(waitIn);
  // Only where it stands beside the answers: on a telephone its link leads to a page of its own.
  if (!matchMedia("(min-width: 64rem)").matches) return;
  document.querySelectorAll("[data-portal-pages-from]").forEach(function (place) {
    const watch = new IntersectionObserver(function (seen) {
      if (!seen.some(function (one) { return one.isIntersecting; })) return;
      watch.disconnect();
      swap(place, place.dataset.portalPagesFrom);
    });
    watch.observe(place);
  });
})();
