// Reads a JSON array of {verifier, secret, headers, body} and prints one array of what each verifier says: true or false.
const { createHmac, timingSafeEqual } = require("node:crypto");

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
};

function accepts(question) {
  const verify = verifiers[question.verifier];
  try {
    verify(question);
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
