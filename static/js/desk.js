// Keys of the desk's lists: j k Enter /. Off while somebody types.
// Every act has its button or link as well; without this file nothing is missing but speed.
(function () {
  "use strict";

  document.querySelectorAll("[data-portal-keys]").forEach(function (hint) { hint.hidden = false; });

  const rows = Array.from(document.querySelectorAll("[data-portal-rows] tbody tr:not(.group-head)"));
  const search = document.querySelector("[data-portal-desk-search]");
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

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
    if (!event.defaultPrevented) inLists(event);
  });
})();
