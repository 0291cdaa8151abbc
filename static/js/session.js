// Warns before a sign-in ends for want of anything done, in whichever tab; and puts back what was typed before it did.
const WARNED_BEFORE = 120_000;
const SEEN = "last-seen";
const warning = document.getElementById("session-warning");
const idle = Number(document.body.dataset.idleMinutes) * 60_000;

function seen() {
  localStorage.setItem(SEEN, Date.now());
}

function warn() {
  const left = Number(localStorage.getItem(SEEN)) + idle - Date.now();
  warning.hidden = left > WARNED_BEFORE || left < 0;
  if (left < 0) leave();
}

const ticked = (field) => ["checkbox", "radio"].includes(field.type);
const changed = (field) => field.name && field.type !== "hidden" && (ticked(field) ? field.checked !== field.defaultChecked : field.defaultValue !== undefined && field.value !== field.defaultValue);

// Whoever sits here later sees nothing of the page, also where the server cannot be reached. What was being typed
// stays, for whoever was typing: sent, it is kept for them until they are back.
function leave() {
  const begun = [...document.querySelectorAll("main form[method=post]")].filter((form) => [...form.elements].some(changed));
  if (!begun.length) return location.reload();
  document.querySelector("header").remove();
  document.getElementById("content").replaceChildren(...begun);
}

if (warning && idle) {
  seen();
  setInterval(warn, 10_000);
  // what a page asks for by itself while it waits is nobody's work
  document.addEventListener("htmx:afterRequest", (event) => event.detail.requestConfig.triggeringEvent && seen());
  warning.querySelector("[data-stay]").addEventListener("click", async (event) => {
    const answer = await fetch(event.target.dataset.stay, { redirect: "manual" });
    if (!answer.ok) return location.reload();
    seen();
    warning.hidden = true;
  });
}

function fill(field, words) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = field.value === words;
  else field.value = words;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

const typed = [...document.querySelectorAll("#session-typed [data-field]")];
const fields = (name) => [...document.querySelectorAll("form[method=post] [name]")].filter((field) => field.name === name && field.type !== "hidden" && field.type !== "file");
const back = document.querySelector("[data-put-back]");
if (back && typed.some((one) => fields(one.dataset.field).length)) {
  back.hidden = false;
  back.addEventListener("click", () => {
    for (const one of typed) fields(one.dataset.field).forEach((field) => fill(field, one.textContent));
    back.textContent = "Put back";
  });
}
