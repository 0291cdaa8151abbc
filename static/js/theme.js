// Light or dark before anything is drawn: as the person chose, else as the browser has it; light on paper.
const dark = matchMedia("(prefers-color-scheme: dark)");
const paper = matchMedia("print");
const chosen = document.documentElement.dataset.theme;
const theme = () => (paper.matches ? "light" : chosen === "light" || chosen === "dark" ? chosen : dark.matches ? "dark" : "light");
const show = () => document.documentElement.setAttribute("data-bs-theme", theme());
for (const medium of [dark, paper]) medium.addEventListener("change", show);
show();
