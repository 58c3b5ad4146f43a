// Says before sending that a file is too large, and while sending that it is under way; words typed beside the files stay on the
// page. Uploads work the same without this file.
(function () {
  "use strict";

  const KEPT = "portal-words " + location.pathname;
  const TYPED = "main textarea, form[data-portal-keep] input:not([type=hidden]), form[data-portal-keep] select";
  const words = Array.from(document.querySelectorAll(TYPED));

  function isTick(one) { return one.type === "checkbox" || one.type === "radio"; }

  // Sending a file draws the page anew: what stood in its other form is kept until then, in this tab only.
  function keepWords() {
    const kept = words.map(function (one) { return isTick(one) ? one.checked : one.value; });
    if (words.length) sessionStorage.setItem(KEPT, JSON.stringify(kept));
  }

  JSON.parse(sessionStorage.getItem(KEPT) || "[]").forEach(function (value, place) {
    const one = words[place];
    if (!one) return;
    if (isTick(one)) one.checked = value === true;
    else if (one.form && "portalKeep" in one.form.dataset && one.tagName !== "TEXTAREA") one.value = value;
    else if (!one.value) one.value = value;
  });
  sessionStorage.removeItem(KEPT);

  document.querySelectorAll("[data-portal-upload]").forEach(function (form) {
    const input = form.querySelector("input[type=file]");
    const note = form.querySelector("[data-portal-upload-note]");
    const button = form.querySelector("button[type=submit]");
    const limit = Number(form.dataset.portalMax);

    function tooLarge() {
      return Array.from(input.files).filter(function (file) { return file.size > limit; });
    }

    function told() {
      const names = tooLarge().map(function (file) { return file.name; });
      return names.length ? names.join(", ") + ": " + form.dataset.portalTooLarge : "";
    }

    // A file may be dropped anywhere on the form, not only on its small field.
    form.addEventListener("dragover", function (event) { event.preventDefault(); });
    form.addEventListener("drop", function (event) {
      event.preventDefault();
      if (!event.dataTransfer || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change"));
    });
    input.addEventListener("change", function () {
      note.textContent = told();
      if (input.files.length && !tooLarge().length) form.requestSubmit(button);
    });
    form.addEventListener("submit", function (event) {
      if (tooLarge().length) {
        event.preventDefault();
        note.textContent = told();
        input.focus();
        return;
      }
      keepWords();
      note.textContent = form.dataset.portalSending;
      button.setAttribute("aria-disabled", "true");
    });
  });
})();
