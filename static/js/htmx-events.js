// Waiting, failing and focus for every htmx request; pages work the same without this file, only less politely.
// Words come from the page (data-portal-*), so that they can be translated there.
(function () {
  "use strict";

  const SHOW_AFTER = 300; // milliseconds: shorter waits are not worth a word
  const words = document.body.dataset;
  let running = 0;
  let timer = 0;
  let remembered = null;

  function bar(className, role) {
    const element = document.createElement("div");
    element.className = className;
    element.setAttribute("role", role);
    element.hidden = true;
    document.body.append(element);
    return element;
  }

  const waiting = bar("wait-bar", "status");
  const failure = bar("fail-bar", "alert");

  function startWaiting() {
    running += 1;
    failure.hidden = true;
    if (timer) return;
    timer = window.setTimeout(function () {
      waiting.textContent = words.portalWait;
      waiting.hidden = false;
    }, SHOW_AFTER);
  }

  function stopWaiting() {
    running = Math.max(0, running - 1);
    if (running) return;
    window.clearTimeout(timer);
    timer = 0;
    waiting.hidden = true;
    waiting.textContent = "";
  }

  function fail(sentence) {
    failure.textContent = sentence;
    failure.hidden = false;
  }

  function describe(element) {
    if (!element || !element.id) return null;
    const start = "selectionStart" in element ? element.selectionStart : null;
    return { id: element.id, start: start };
  }

  document.body.addEventListener("htmx:beforeRequest", function (event) {
    event.detail.elt.setAttribute("aria-busy", "true");
    startWaiting();
  });
  document.body.addEventListener("htmx:afterRequest", function (event) {
    event.detail.elt.removeAttribute("aria-busy");
    stopWaiting();
  });
  document.body.addEventListener("htmx:sendError", function () {
    fail(words.portalOffline);
  });
  document.body.addEventListener("htmx:timeout", function () {
    fail(words.portalOffline);
  });

  // Answers of 4xx carry a form with its errors or a sentence and are shown; 5xx must not wipe what was typed.
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    const status = event.detail.xhr.status;
    if (status === 409 || status === 422) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    } else if (status >= 400) {
      const number = event.detail.xhr.getResponseHeader("X-Request-ID");
      fail(status >= 500 || status === 0 ? words.portalFailed : words.portalRefused);
      if (number && status >= 500) failure.textContent += " (" + number + ")";
    }
    if (event.detail.shouldSwap) remembered = describe(document.activeElement);
  });

  // A field that was swapped away takes its focus and cursor back; an error summary takes the focus first.
  document.body.addEventListener("htmx:afterSettle", function (event) {
    const summary = event.detail.elt.querySelector("[data-portal-error-summary]");
    if (summary) {
      summary.focus();
    } else if (remembered) {
      const field = document.getElementById(remembered.id);
      if (field && field !== document.activeElement && document.activeElement === document.body) {
        field.focus({ preventScroll: true });
        if (remembered.start !== null && field.setSelectionRange) field.setSelectionRange(remembered.start, remembered.start);
      }
    }
    remembered = null;
  });

  // A page that opens with errors puts the reader on them; one that does not, leaves the focus alone.
  const summary = document.querySelector("[data-portal-error-summary]");
  if (summary) summary.focus();

  // Menus close when the reader goes elsewhere.
  document.addEventListener("click", function (event) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", function (event) {
    const menu = event.key === "Escape" && event.target.closest ? event.target.closest("details.menu[open]") : null;
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.querySelectorAll("[data-portal-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
})();
