// The key / goes to the search box of every page, unless somebody is typing.
const typing = (target) => target.closest("input, select, textarea, [role=combobox], [role=listbox], [contenteditable]");
const off = () => document.body.dataset.keys === "off"; // where the person has switched the keys off
document.addEventListener("keydown", (event) => {
  const find = document.getElementById("find");
  if (event.key !== "/" || !find || off() || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  find.focus();
  find.select();
});
