"use strict";
// Everything here makes a page that already works a little easier. Nothing depends on it.
(function () {
  const body = document.body;
  let dirty = false;

  // After an error, go to the list of what is wrong.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  // After a decision the next person's page loads under the same finger. Its buttons wait a moment, so that
  // a double key press cannot decide about two people.
  const DECISION_REST_MS = 1000;
  const decisions = Array.from(document.querySelectorAll("form[data-decision] button"));
  if (decisions.length) {
    decisions.forEach((button) => { button.disabled = true; });
    window.setTimeout(() => decisions.forEach((button) => { button.disabled = false; }), DECISION_REST_MS);
  }
  // A form is sent once.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    dirty = false;
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
  });

  // Alt with a letter, only when switched on in the account.
  if (body.dataset.shortcuts === "on") {
    document.addEventListener("keydown", (event) => {
      if (!event.altKey || event.ctrlKey || event.metaKey || event.key.length !== 1) return;
      const key = event.key.toLowerCase();
      const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!target || target.disabled) return;
      event.preventDefault();
      target.focus();
      target.click();
    });
  }

  // A question that follows from another answer is shown once that answer is given. Without a script all are shown.
  const followers = Array.from(document.querySelectorAll("[data-when]"));
  if (followers.length) {
    const given = (form, name) => Array.from(form.elements)
      .filter((field) => field.name === name && (field.tagName === "SELECT" || field.checked || (field.type === "hidden" && field.value)))
      .map((field) => field.value);
    const show = () => followers.forEach((part) => {
      const form = part.closest("form");
      if (!form) return;
      const asked = part.dataset.whenIs.split(" ");
      part.hidden = !given(form, part.dataset.when).some((value) => asked.includes(value));
    });
    document.addEventListener("change", show);
    show();
  }
  // A link to a folded part opens it.
  const unfold = () => {
    const target = window.location.hash.length > 1 && document.getElementById(window.location.hash.slice(1));
    if (target && target.tagName === "DETAILS") {
      target.open = true;
      const first = target.querySelector("input:not([type=hidden]), select, textarea");
      if (first) first.focus();
    }
  };
  window.addEventListener("hashchange", unfold);
  unfold();

  // An import that runs: fetch the same page and put in its progress.
  const progress = document.getElementById("import-progress");
  if (progress && progress.dataset.poll) {
    const again = async () => {
      try {
        const response = await fetch(window.location.href, { credentials: "same-origin", headers: { "X-Herald-Poll": "1" } });
        if (response.redirected || !response.ok) return;
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.getElementById("import-progress");
        if (!fresh) return;
        if (!fresh.dataset.poll) { window.location.reload(); return; }
        progress.replaceChildren(...fresh.childNodes);
      } catch {
        // The server may be starting again; ask later.
      }
      window.setTimeout(again, Number(progress.dataset.poll) * 1000);
    };
    window.setTimeout(again, Number(progress.dataset.poll) * 1000);
  }

  // Typed and not sent.
  document.querySelectorAll("form[data-dirty]").forEach((form) => form.addEventListener("input", () => { dirty = true; }));
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

  // Two minutes before the session ends, say so and offer to stay.
  const idle = Number(body.dataset.idleSeconds || 0);
  const template = document.getElementById("app-idle-template");
  if (idle > 0 && template) {
    const WARN_SECONDS = Math.min(120, Math.floor(idle / 2));
    let deadline = Date.now() + idle * 1000;
    let shown = null;
    let before = null;
    const hide = () => {
      if (!shown) return;
      shown.remove();
      shown = null;
      if (before && before.isConnected) before.focus();
    };
    const extend = async () => {
      try {
        const response = await fetch("/account/stay", { method: "GET", credentials: "same-origin" });
        if (response.redirected || !response.ok) { window.location.reload(); return; }
        deadline = Date.now() + idle * 1000;
        hide();
      } catch {
        // Offered again at the next tick.
      }
    };
    const words = (seconds) => {
      const minutes = Math.ceil(seconds / 60);
      return minutes > 1 ? `${minutes} minutes` : "1 minute";
    };
    window.setInterval(() => {
      const left = Math.round((deadline - Date.now()) / 1000);
      if (left > WARN_SECONDS) return;
      if (!shown) {
        before = document.activeElement;
        body.append(template.content.cloneNode(true));
        shown = body.querySelector(".app-idle");
        const button = shown.querySelector("[data-idle-extend]");
        button.addEventListener("click", extend);
        button.focus();
      }
      const place = shown.querySelector("[data-idle-left]");
      const text = left > 0 ? words(left) : "a moment";
      if (place.textContent !== text) place.textContent = text;
    }, 1000);
  }
})();
