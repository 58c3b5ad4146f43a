// Keys of the desk: j k Enter / in lists; o c e r k and Ctrl+Enter at the counter. Off while somebody types.
// Every act has its button or link as well; without this file nothing is missing but speed.
(function () {
  "use strict";

  document.querySelectorAll("[data-portal-keys]").forEach(function (hint) { hint.hidden = false; });

  const rows = Array.from(document.querySelectorAll("[data-portal-rows] tbody tr"));
  const search = document.querySelector("[data-portal-desk-search]");
  const counter = document.querySelector("[data-portal-counter]");
  let current = -1;

  function isTyping(target) {
    if (!target || !target.closest) return false;
    if (target.isContentEditable || target.closest("textarea, select")) return true;
    const field = target.closest("input");
    return field !== null && !["radio", "checkbox", "button", "submit"].includes(field.type);
  }

  function choose(place) {
    if (!rows.length) return;
    if (current >= 0) rows[current].classList.remove("row-current");
    current = Math.min(Math.max(place, 0), rows.length - 1);
    rows[current].classList.add("row-current");
    const link = rows[current].querySelector("a");
    link.focus({ preventScroll: true });
    rows[current].scrollIntoView({ block: "nearest" });
  }

  function inLists(event) {
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "j") {
      choose(current + 1);
    } else if (event.key === "k") {
      choose(current < 0 ? 0 : current - 1);
    }
  }

  // A paper's letter ticks its radio and moves on to the next paper.
  const FORMS = { o: "original", c: "copy", e: "e_copy", r: "reused", k: "none" };

  function atPaper(event) {
    const paper = event.target.closest("[data-portal-paper]");
    const wanted = FORMS[event.key.toLowerCase()];
    if (!paper || !wanted) return false;
    const radio = paper.querySelector('input[value="' + wanted + '"]');
    if (!radio) return false;
    event.preventDefault();
    radio.checked = true;
    const next = paper.nextElementSibling;
    const field = next && next.matches("[data-portal-paper]") ? next.querySelector("input") : null;
    (field || radio).focus();
    return true;
  }

  document.addEventListener("keydown", function (event) {
    if (counter && event.key === "Enter" && event.ctrlKey && !event.altKey && !event.metaKey) {
      const receive = counter.querySelector("[data-portal-receive]");
      if (!receive) return;
      event.preventDefault();
      counter.requestSubmit(receive);
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (counter && atPaper(event)) return;
    if (!event.defaultPrevented) inLists(event);
  });
})();
