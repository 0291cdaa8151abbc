// Shortcuts (ux.md, Keys). What an element does is said by its data-key; nothing that moves money is on a single key.
const rows = () => [...document.querySelectorAll("table.queue tbody tr")];
const here = () => rows().findIndex((row) => row.classList.contains("here"));
const within = (selector) => rows()[here()]?.querySelector(selector);
const go = (address) => () => location.assign(address);

function choose(index) {
  const all = rows();
  if (!all.length) return;
  const next = Math.max(0, Math.min(all.length - 1, index));
  all.forEach((row, number) => row.classList.toggle("here", number === next));
  all[next].querySelector("a.what")?.focus();
}

// in a list the key is meant for the row that one is at
function press(key) {
  const found =
    within(`[data-row-key="${key}"]`) ??
    [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === key && !one.disabled);
  found?.click();
}

function help() {
  const dialog = document.getElementById("keys");
  if (dialog?.open) dialog.close();
  else dialog?.showModal();
}

const actions = {
  "Shift+?": help,
  "j": () => choose(here() + 1),
  "k": () => choose(here() - 1),
  "x": () => within("input[type=checkbox]")?.click(),
  "g q": go(document.body.dataset.queue),
  "g h": go(document.body.dataset.home),
};
for (const key of ["[", "]", "a", "m", "s", "w", "r", "n", "u"]) actions[key] = () => press(key);

// never in a field or a list that is searched by typing, where a letter is a letter; never under an open dialog but to
// close it; never where the person has switched them off
const FIELDS = "input:not([type=checkbox], [type=radio]), textarea, select, [role=combobox], [role=listbox]";
const guarded = (action) => (event) => {
  if (document.body.dataset.keys === "off" || event.target.closest(FIELDS)) return;
  if (document.querySelector("dialog[open]") && action !== help) return;
  event.preventDefault();
  action();
};
tinykeys.tinykeys(window, Object.fromEntries(Object.entries(actions).map(([key, act]) => [key, guarded(act)])));

// After a swap the focus goes to what was asked for, or back to the row that has changed.
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const asked = document.querySelector("[data-focus]");
  asked?.removeAttribute("data-focus");
  if (asked) asked.focus();
  else if (target && !target.isConnected) rows()[here()]?.querySelector("a.what")?.focus();
});
