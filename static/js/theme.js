// Light or dark before anything is drawn: as the person chose, else as the browser has it.
const dark = matchMedia("(prefers-color-scheme: dark)");
const chosen = document.documentElement.dataset.theme;
const theme = () => (chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light");
const show = () => document.documentElement.setAttribute("data-bs-theme", theme());
dark.addEventListener("change", show);
show();
