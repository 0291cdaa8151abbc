// Long lists become fields that are searched by typing; without scripts they stay the lists they are.
const LONG = 15;
const stays = (select) => select.tomselect || select.multiple || select.options.length < LONG;

// what a reader is told of a list, said of what stands in its place
function tell(chosen) {
  const { control, input, control_input: typed, dropdown_content: list } = chosen;
  const label = document.getElementById(`${chosen.inputId}-ts-label`);
  input.setAttribute("aria-hidden", "true");
  const name = label?.textContent.trim() || input.getAttribute("aria-label") || "";
  const value = () => (input.selectedOptions ? input.selectedOptions[0]?.text : input.value) ?? "";
  const open = (state) => control.setAttribute("aria-expanded", state);
  control.removeAttribute("aria-labelledby"); // it would hide what is chosen
  control.setAttribute("role", "combobox");
  control.setAttribute("aria-haspopup", "listbox");
  control.setAttribute("aria-controls", list.id);
  control.setAttribute("aria-label", `${name}: ${value()}`);
  typed.setAttribute("aria-label", `Search: ${name}`);
  chosen.on("change", () => control.setAttribute("aria-label", `${name}: ${value()}`));
  chosen.on("dropdown_open", () => open("true"));
  chosen.on("dropdown_close", () => open("false"));
  open("false");
}

// a field that offers what the server finds, and takes what is typed as it is
const offers = (field) => ({
  plugins: ["dropdown_input"],
  maxItems: 1,
  create: true,
  persist: false,
  load: (words, take) => {
    const asked = fetch(`${field.dataset.offers}?${new URLSearchParams({ q: words })}`);
    asked.then((answer) => answer.json()).then(take, () => take());
  },
});

function enhance(root) {
  for (const select of root.querySelectorAll("select.form-select")) {
    if (stays(select)) continue;
    const wanted = { plugins: ["dropdown_input"], maxOptions: null, allowEmptyOption: true, hidePlaceholder: true };
    tell(new TomSelect(select, wanted));
  }
  for (const field of root.querySelectorAll("input[data-offers]")) {
    if (!field.tomselect) tell(new TomSelect(field, offers(field)));
  }
}

document.addEventListener("htmx:load", ({ detail: { elt } }) => enhance(elt.parentElement ?? elt));
document.addEventListener("DOMContentLoaded", () => enhance(document));
