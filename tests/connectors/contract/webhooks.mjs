// Says what Shopify's own library thinks of deliveries: {secret, deliveries: [{headers, body in base64}]} on stdin.
import { readFileSync } from "node:fs";
import "@shopify/shopify-api/adapters/web-api";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";

const { secret, deliveries } = JSON.parse(readFileSync(0, "utf8"));
const shopify = shopifyApi({
  apiKey: "client-1",
  apiSecretKey: secret,
  apiVersion: ApiVersion.July26,
  hostName: "app.example.com",
  isEmbeddedApp: false,
  logger: { log: () => {} },
});
const answers = [];
for (const { headers, body } of deliveries) {
  const rawBody = Buffer.from(body, "base64").toString("utf8");
  const rawRequest = new Request("https://app.example.com/hooks", { method: "POST", headers });
  answers.push(await shopify.webhooks.validate({ rawBody, rawRequest }));
}
console.log(JSON.stringify(answers));
