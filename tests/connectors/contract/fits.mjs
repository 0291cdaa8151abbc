// Says what does not fit a schema of an OpenAPI file, as ajv sees it: {specification, schema, values} on stdin.
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const { specification, schema, values } = JSON.parse(readFileSync(0, "utf8"));
const said = readFileSync(specification, "utf8").replaceAll("#/components/", "#/$defs/");
const ajv = new Ajv.default({ allErrors: true, strict: false });
addFormats.default(ajv);
const fits = ajv.compile({ $ref: `#/$defs/schemas/${schema}`, $defs: JSON.parse(said).components });
const wrong = [];
for (const value of values) {
  if (!fits(value)) {
    wrong.push(...fits.errors.map(({ instancePath, message, params }) => ({ instancePath, message, ...params })));
  }
}
console.log(JSON.stringify(wrong));
