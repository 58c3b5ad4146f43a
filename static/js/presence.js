// While a dossier's page is open it says so every minute and shows who else has it open. Without it the page shows who had.
(function () {
  "use strict";

  const place = document.querySelector("[data-portal-presence]");
  if (!place) return;

  function ask() {
    if (document.hidden) return;
    fetch(place.dataset.portalPresence, { credentials: "same-origin", headers: { "HX-Request": "true" } })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : null; })
      .then(function (html) { if (html !== null && html !== place.innerHTML) place.innerHTML = html; })
      .catch(function () { /* the next minute asks again */ });
  }

  window.setInterval(ask, 60000);
})();
