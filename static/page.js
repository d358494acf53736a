// Small comforts. Every page works without this file.
"use strict";

// A form is sent once, however often its button is pressed.
for (const form of document.forms) {
  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (form.dataset.sent || (button && button.getAttribute("aria-disabled") === "true")) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (button) button.setAttribute("aria-disabled", "true");
  });
}

// Back to a page that the browser kept: its forms may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.forms) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("[type=submit][aria-disabled]")) button.removeAttribute("aria-disabled");
  }
});

// What the browser would say of an empty or malformed field, in the language of the page.
for (const input of document.querySelectorAll("[data-required]")) {
  input.addEventListener("invalid", () => {
    const { valueMissing, patternMismatch } = input.validity;
    if (valueMissing) input.setCustomValidity(input.dataset.required);
    else if (patternMismatch && input.dataset.mismatch) input.setCustomValidity(input.dataset.mismatch);
  });
  input.addEventListener("input", () => input.setCustomValidity(""));
}

// Show the password.
for (const button of document.querySelectorAll("[data-shows]")) {
  const inputs = button.dataset.shows.split(" ").map((id) => document.getElementById(id));
  const show = (visible) => {
    for (const input of inputs) input.type = visible ? "text" : "password";
    button.firstElementChild.textContent = visible ? button.dataset.hide : button.dataset.show;
  };
  button.hidden = false;
  button.addEventListener("click", () => show(inputs[0].type === "password"));
  button.form.addEventListener("submit", () => show(false));
}

// Count down until a new code may be asked for.
for (const button of document.querySelectorAll("[data-wait]")) {
  const until = Date.now() + Number(button.dataset.wait) * 1000;
  const label = button.textContent;
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left > 0) {
      button.setAttribute("aria-disabled", "true");
      button.textContent = button.dataset.waiting.replace("{}", left);
      setTimeout(tick, 1000);
    } else if (button.dataset.wait > 0) {
      button.removeAttribute("aria-disabled");
      button.textContent = label;
    }
  };
  for (const hint of document.querySelectorAll("[data-after-wait]")) hint.hidden = true;
  tick();
}

// Print the consent.
const print = document.getElementById("print");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

// Sandbox: choose a demo citizen.
for (const button of document.querySelectorAll("[data-fills]")) {
  button.addEventListener("click", () => {
    document.getElementById(button.dataset.fills).value = button.textContent;
    document.getElementById("password").focus();
  });
}

// Sandbox: new messages appear on the phone.
const inbox = document.querySelector("[data-poll]");
if (inbox) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      const fresh = page.getElementById(inbox.id);
      if (fresh && fresh.textContent !== inbox.textContent) inbox.replaceChildren(...fresh.childNodes);
    } catch {
      // The next round tries again; "Reload" works meanwhile.
    }
  }, inbox.dataset.poll * 1000);
}
