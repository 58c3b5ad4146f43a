// Says before sending that a file is too large, and while sending that it is under way. Uploads work the same without this file.
(function () {
  "use strict";

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
      note.textContent = form.dataset.portalSending;
      button.setAttribute("aria-disabled", "true");
    });
  });
})();
