// The counter without a mouse: a scanner anywhere, a procedure by two or three keys, papers by single keys, Ctrl+Enter.
// Every one of them has its field or button as well; without this file nothing is missing but speed.
(function () {
  "use strict";

  const form = document.querySelector("[data-portal-counter]");
  if (!form) return;
  const number = form.querySelector("[data-portal-scanned]");
  const lookUp = form.querySelector("[data-portal-look-up]");

  // ── a scanner: keys that come faster than hands, and Enter at the end ──

  const FAST = 35; // milliseconds between two keys
  const SHORTEST = 8; // signs of the shortest code we print
  const ENDS = ["Enter", "Tab"];
  let burst = { text: "", at: 0, field: null, before: "" };

  function isFast(event) { return event.timeStamp - burst.at <= FAST; }

  function collect(event) {
    if (!isFast(event)) {
      const field = event.target instanceof HTMLElement && "value" in event.target ? event.target : null;
      burst = { text: "", at: 0, field: field, before: field ? field.value : "" };
    }
    burst.text += event.key;
    burst.at = event.timeStamp;
  }

  function take(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (burst.field && !["radio", "checkbox"].includes(burst.field.type)) burst.field.value = burst.before;
    number.value = burst.text;
    burst = { text: "", at: 0, field: null, before: "" };
    form.requestSubmit(lookUp);
  }

  document.addEventListener("keydown", function (event) {
    const inBurst = burst.text.length >= SHORTEST && isFast(event);
    if (event.key.length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey) {
      collect(event);
    } else if (inBurst && ENDS.includes(event.key) && !event.ctrlKey) {
      take(event);
    } else if (inBurst && event.key !== "Shift" && event.key !== "CapsLock") {
      event.preventDefault(); // what a scanner sends between its fields steers nothing here
      burst.at = event.timeStamp;
    }
  }, true);

  // ── the receipt of the dossier just received, printed as soon as the worker has made it ──

  const printing = document.querySelector("[data-portal-printing]");
  const AGAIN = 300; // milliseconds until it is asked for again
  const PATIENCE = 20000;

  function print(address) {
    const frame = document.createElement("iframe");
    frame.className = "print-frame";
    frame.title = printing.textContent;
    frame.addEventListener("load", function () {
      frame.contentWindow.addEventListener("afterprint", function () { number.focus(); });
      frame.contentWindow.print();
      printing.textContent = printing.dataset.portalOpened;
      number.focus();
    }, { once: true });
    frame.src = address;
    document.body.append(frame);
  }

  function wait(address, since) {
    fetch(address, { method: "HEAD", cache: "no-store" }).then(function (answer) {
      if (answer.status === 200) return print(address);
      if (answer.status !== 204 || Date.now() - since > PATIENCE) throw new Error(String(answer.status));
      window.setTimeout(wait, AGAIN, address, since);
    }).catch(function () { printing.textContent = printing.dataset.portalSlow; });
  }

  if (printing) {
    printing.hidden = false;
    wait(printing.dataset.portalPrinting, Date.now());
  }

  // ── a procedure by a few keys: ranked as dossiers.desk.typeahead does ──

  const box = form.querySelector("[data-portal-typed]");
  const list = form.querySelector('select[name="procedure"]');
  const told = form.querySelector("[data-portal-matched]");

  function fold(text) {
    return text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/đ/g, "d")
      .replace(/[^0-9a-z]+/g, " ").trim();
  }

  function rank(label, typed) {
    const words = label.split(" ").filter(function (word) { return !/^[0-9]+$/.test(word); });
    const initials = words.map(function (word) { return word[0]; }).join("");
    const asked = typed.split(" ");
    const compact = asked.join("");
    const rules = [
      initials.endsWith(compact),
      initials.startsWith(compact),
      initials.includes(compact),
      asked.every(function (part) { return words.some(function (word) { return word.startsWith(part); }); }),
      asked.every(function (part) { return label.includes(part); }),
    ];
    return rules.indexOf(true);
  }

  const options = list ? Array.from(list.options).filter(function (option) { return option.value; })
    .map(function (option) { return { option: option, label: fold(option.textContent) }; }) : [];
  const hint = told ? told.textContent : "";
  let matched = [];
  let place = 0;

  function show() {
    if (!matched.length) return;
    list.value = matched[place].option.value;
    told.textContent = place + 1 + "/" + matched.length + " · " + matched[place].option.textContent.trim();
  }

  if (box && list && told) {
    box.addEventListener("input", function () {
      const typed = fold(box.value);
      matched = !typed ? [] : options.map(function (one) { return { option: one.option, rank: rank(one.label, typed) }; })
        .filter(function (one) { return one.rank >= 0; })
        .sort(function (one, other) { return one.rank - other.rank; });
      place = 0;
      told.textContent = typed && !matched.length ? told.dataset.portalNone : hint;
      show();
    });
    box.addEventListener("keydown", function (event) {
      if (!matched.length || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
      event.preventDefault();
      place = (place + (event.key === "ArrowDown" ? 1 : matched.length - 1)) % matched.length;
      show();
    });
  }

  // ── papers: digits count, a letter ticks and moves on; Ctrl+Enter receives ──

  const FORMS = { o: "original", c: "copy", e: "e_copy", r: "reused", k: "none" };

  function atPaper(event) {
    const paper = event.target.closest("[data-portal-paper]");
    if (paper && event.target.type === "radio" && /^[0-9]$/.test(event.key) && burst.text.length < 2) {
      const count = paper.querySelector('input[type="text"]');
      count.value = (count.value + event.key).replace(/^0+/, "").slice(-3);
      event.preventDefault();
      return;
    }
    const wanted = FORMS[event.key.toLowerCase()];
    const radio = paper && wanted ? paper.querySelector('input[value="' + wanted + '"]') : null;
    if (!radio || burst.text.length > 1) return;
    event.preventDefault();
    radio.checked = true;
    const next = paper.nextElementSibling;
    const field = next && next.matches("[data-portal-paper]") ? next.querySelector("input:checked, input") : null;
    (field || radio).focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.metaKey) return;
    if (event.ctrlKey) {
      const receive = form.querySelector("[data-portal-receive]");
      if (event.key !== "Enter" || !receive) return;
      event.preventDefault();
      form.requestSubmit(receive);
    } else if (event.target instanceof Element) {
      atPaper(event);
    }
  });
})();
