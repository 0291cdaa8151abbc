// Copies what browsers are served out of node_modules into vendor/, each file without its note about a source map.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";

const served = [
  "@tabler/core/dist/css/tabler.min.css",
  "@tabler/core/dist/js/tabler.min.js",
  "htmx.org/dist/htmx.min.js",
  "tinykeys/dist/tinykeys.umd.js",
  "tom-select/dist/css/tom-select.bootstrap5.min.css",
  "tom-select/dist/js/tom-select.complete.min.js",
];
const note = /(\/\*|\/\/)# sourceMappingURL=\S+( \*\/|\*\/)?\s*$/;

rmSync("vendor", { recursive: true, force: true });
mkdirSync("vendor");
for (const file of served) {
  const content = readFileSync(`node_modules/${file}`, "utf8").replace(note, "");
  writeFileSync(`vendor/${basename(file)}`, content);
}
