// Reads a JSON array of {verifier, secret, headers, body} and prints one array of what each verifier says: true or false.
const { createHmac, createPublicKey, timingSafeEqual, verify } = require("node:crypto");

const verifiers = {
  standardwebhooks: ({ secret, headers, body }) => new (require("standardwebhooks").Webhook)(secret).verify(body, headers),
  svix: ({ secret, headers, body }) => new (require("svix").Webhook)(secret).verify(body, headers),
  // What receivers of the takumo format do with nothing but Node.
  takumo: ({ secret, headers, body }) => {
    const ours = Buffer.from("sha256=" + createHmac("sha256", secret).update(body, "utf8").digest("hex"));
    const theirs = Buffer.from(headers["x-takumo-signature"]);
    if (ours.length !== theirs.length || !timingSafeEqual(ours, theirs)) {
      throw new Error("invalid signature");
    }
  },
  // No library reads v1a yet: what a receiver does with the public key and nothing but Node.
  v1a: ({ secret, headers, body }) => {
    const point = Buffer.from(secret.replace("whpk_", ""), "base64");
    const key = createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), point]), format: "der", type: "spki" });
    const signed = Buffer.from(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`);
    const signatures = headers["webhook-signature"].split(" ").filter((it) => it.startsWith("v1a,"));
    if (!signatures.some((it) => verify(null, signed, key, Buffer.from(it.slice(4), "base64")))) {
      throw new Error("invalid signature");
    }
  },
};

function accepts(question) {
  const asked = verifiers[question.verifier];
  try {
    asked(question);
    return true;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") {
      throw error;
    }
    return false;
  }
}

let input = "";
process.stdin.on("data", (chunk) => (input += chunk));
process.stdin.on("end", () => console.log(JSON.stringify(JSON.parse(input).map(accepts))));
