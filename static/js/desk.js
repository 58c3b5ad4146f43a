// Keys of the desk's lists: j k Enter x a / [ ] ?. Off while somebody types or a sheet is open.
// Every act has its button or link as well; without this file nothing is missing but speed.
(function () {
  "use strict";

  document.querySelectorAll("[data-portal-keys]").forEach(function (hint) { hint.hidden = false; });

  const rows = Array.from(document.querySelectorAll("[data-portal-rows] tbody tr:not(.group-head)"));
  const search = document.querySelector("[data-portal-desk-search]");
  const sheet = document.querySelector("[data-portal-keys-sheet]");
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

  function tick() {
    const box = current >= 0 ? rows[current].querySelector("input[type=checkbox]") : null;
    if (box) box.click();
  }

  function nextAct() {
    const row = current >= 0 ? rows[current] : rows.find(function (one) { return one.querySelector("[data-portal-next]"); });
    const button = row && row.querySelector("[data-portal-next]");
    if (!button) return;
    if (current < 0) choose(rows.indexOf(row));
    button.focus();
  }

  function turn(where) {
    const link = document.querySelector(".pager a[rel=" + where + "]");
    if (link) link.click();
  }

  function openSheet() {
    if (sheet && !sheet.open) sheet.showModal();
  }

  document.querySelectorAll("[data-portal-keys-open]").forEach(function (button) { button.addEventListener("click", openSheet); });

  const keys = {
    j: function () { choose(current + 1); },
    k: function () { choose(current < 0 ? 0 : current - 1); },
    x: tick,
    a: nextAct,
    "?": openSheet,
    "]": function () { turn("next"); },
    "[": function () { turn("prev"); },
  };

  function inLists(event) {
    if (event.key === "/" && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (Object.hasOwn(keys, event.key)) {
      keys[event.key]();
    }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target) || (sheet && sheet.open)) return;
    if (!event.defaultPrevented) inLists(event);
  });
})();
