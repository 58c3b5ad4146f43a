// Hides questions that do not apply, as the server will decide anyway; and, unless it is to be quiet, warns before typed text is
// left behind.
(function () {
  "use strict";

  const form = document.querySelector("[data-portal-wizard]");
  if (!form) return;
  const parts = form.querySelectorAll("[data-portal-when]");
  let changed = false;
  let sending = false;

  function values(name) {
    return Array.from(form.querySelectorAll('[name="' + CSS.escape(name) + '"]')).filter(function (field) {
      if (field.closest("[hidden]")) return false;
      return !["radio", "checkbox"].includes(field.type) || field.checked;
    }).map(function (field) {
      return field.type === "checkbox" && field.value === "on" ? "1" : field.value;
    });
  }

  function refresh() {
    parts.forEach(function (part) {
      const wanted = part.dataset.portalIn.split("|");
      const ticks = { on: "1", true: "1", yes: "1", off: "0", false: "0", no: "0" };
      const given = values(part.dataset.portalWhen);
      const box = form.querySelector('input[type=checkbox][name="' + CSS.escape(part.dataset.portalWhen) + '"][value="on"], input[type=checkbox][name="' + CSS.escape(part.dataset.portalWhen) + '"]:not([value])');
      if (box && !given.length) given.push("0");
      part.hidden = !wanted.some(function (value) { return given.includes(box ? ticks[value] || value : value); });
    });
  }

  form.addEventListener("change", refresh);
  form.addEventListener("input", function () { changed = true; });
  form.addEventListener("submit", function () { sending = true; });
  window.addEventListener("pageshow", function () { sending = false; refresh(); });
  window.addEventListener("beforeunload", function (event) {
    if (changed && !sending && form.dataset.portalWizard !== "quiet") event.preventDefault();
  });
  refresh();
})();
