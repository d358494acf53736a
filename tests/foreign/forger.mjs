// A lying provider. It stands in front of the real one, passes every request on, and signs ID tokens anew with a key of its own,
// under its own issuer name; so it can tell lies that a real provider never would. In mode "honest" everything must still work,
// else the refusals would prove nothing.
//
//   node forger.mjs REAL_BASE PORT        POST /forger/mode  honest | iss | nonce | signature | response-iss

import { createServer } from "node:http";
import { generateKeyPairSync, sign } from "node:crypto";

const [real, port] = [process.argv[2].replace(/\/$/, ""), Number(process.argv[3])];
const self = `http://127.0.0.1:${port}`;
const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...publicKey.export({ format: "jwk" }), kid: "forger", use: "sig", alg: "RS256" };
let mode = "honest";

createServer(async (request, response) => {
  try {
    const body = await whole(request);
    if (request.url === "/forger/mode") {
      mode = body.toString();
      return response.end(mode);
    }
    await relay(request, body, response);
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}).listen(port, "127.0.0.1", () => console.log(`forger at ${self} before ${real}`));

async function relay(request, body, response) {
  const path = request.url.split("?")[0];
  if (path === "/oauth2/jwks") return json(response, 200, { keys: [jwk] });
  const headers = { ...request.headers };
  for (const name of ["host", "connection", "content-length", "transfer-encoding", "accept-encoding", "origin", "referer"]) delete headers[name];
  if (request.headers.origin) headers.origin = real;
  // An id_token_hint of ours means nothing to the real provider, so sign-out is tried without the forger.
  const answer = await fetch(real + request.url, {
    method: request.method,
    headers,
    body: ["GET", "HEAD"].includes(request.method) ? undefined : body,
    redirect: "manual",
  });
  const sent = Buffer.from(await answer.arrayBuffer());
  const out = {};
  for (const [name, value] of answer.headers) {
    if (!["content-encoding", "content-length", "transfer-encoding", "connection", "set-cookie"].includes(name)) out[name] = value;
  }
  const cookies = answer.headers.getSetCookie();
  if (cookies.length) out["set-cookie"] = cookies;
  if (out.location) out.location = relocated(out.location);
  if (path.startsWith("/.well-known/")) return json(response, answer.status, JSON.parse(sent.toString().replaceAll(real, self)));
  if (path === "/oauth2/token" && answer.status === 200) return json(response, 200, forgedTokens(JSON.parse(sent.toString())));
  response.writeHead(answer.status, out).end(sent);
}

/** Redirects within the provider stay here; the answer to the portal names us, or lies. */
function relocated(location) {
  const url = new URL(location, real);
  if (url.origin === new URL(real).origin) return self + url.pathname + url.search;
  if (url.searchParams.has("iss")) url.searchParams.set("iss", mode === "response-iss" ? "https://evil.example" : self);
  return url.href;
}

function forgedTokens(tokens) {
  if (!tokens.id_token) return tokens;
  const claims = JSON.parse(Buffer.from(tokens.id_token.split(".")[1], "base64url"));
  claims.iss = mode === "iss" ? "https://evil.example" : self;
  if (mode === "nonce") claims.nonce = "a-nonce-of-another-sign-in";
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const input = `${encoded({ alg: "RS256", typ: "JWT", kid: jwk.kid })}.${encoded(claims)}`;
  const signature = sign("sha256", Buffer.from(input), privateKey);
  if (mode === "signature") signature[7] ^= 1;
  return { ...tokens, id_token: `${input}.${signature.toString("base64url")}` };
}

function json(response, status, value) {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(value));
}

async function whole(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}
