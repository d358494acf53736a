// A provider with our own TLS listener, its demo citizens, a CA of its own, everything in a temporary folder.

import { execFileSync, spawn } from "node:child_process";
import { createHash, createPublicKey, randomBytes } from "node:crypto";
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Three registrable domains: to a browser they are three sites, as in production and unlike ports of localhost. */
export const DOMAINS = { provider: "id.dinh-danh.example", one: "cong.dich-vu-cong.example", other: "www.bao-hiem.example" };

export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise((listening) => server.listen(0, "127.0.0.1", listening))));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** A CA, and one certificate of it for all three domains. */
function certificates(folder) {
  const openssl = (...words) => execFileSync("openssl", words, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
  const names = Object.values(DOMAINS).map((name) => `DNS:${name}`).join(",");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=Test CA",
    "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign");
  openssl("req", ...newKey, "-keyout", "tls.key", "-out", "tls.csr", "-subj", "/CN=test");
  writeFileSync(join(folder, "extensions"), `subjectAltName=${names}\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n`);
  openssl("x509", "-req", "-in", "tls.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "leaf.crt");
  const read = (name) => readFileSync(join(folder, name), "utf8");
  writeFileSync(join(folder, "tls.crt"), read("leaf.crt") + read("ca.crt"));
  const spki = createPublicKey(read("leaf.crt")).export({ type: "spki", format: "der" });
  return { ca: read("ca.crt"), key: read("tls.key"), certificate: read("tls.crt"), pin: createHash("sha256").update(spki).digest("base64") };
}

function run(folder, name, words, environment = {}) {
  const log = join(folder, `${name}.log`);
  const output = createWriteStream(log);
  const child = spawn(process.env.BINARY, words, { cwd: folder, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.pipe(output);
  child.stderr.pipe(output);
  const gone = new Promise((exited) => child.once("exit", exited));
  const stop = () => {
    child.kill("SIGTERM");
    return gone;
  };
  return { child, log, stop };
}

/** Until `probe` is happy, or the program is gone. */
async function untilUp({ child, log }, probe) {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await probe().catch(() => false)) return;
    if (child.exitCode !== null) break;
    await pause(100);
  }
  await pause(200); // for its last words
  throw new Error(`the provider did not start:\n${readFileSync(log, "utf8")}`);
}

export async function startProvider(clients) {
  const folder = mkdtempSync(join(tmpdir(), "dinhdanh-https-"));
  const stops = [() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 })];
  const stopAll = async () => {
    while (stops.length) await stops.pop()();
  };
  try {
    const tls = certificates(folder);

    // The demo fills ./data with its citizens; the same folder is served over https then.
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    const demo = run(folder, "demo", ["demo", "--port-base", String(base)]);
    stops.push(demo.stop);
    await untilUp(demo, async () => (await fetch(`http://localhost:${base}/readyz`)).ok);
    await demo.stop();
    stops.pop();

    const [port, ...portalPorts] = await freePorts(3);
    const issuer = `https://${DOMAINS.provider}:${port}`;
    const origins = [`https://${DOMAINS.one}:${portalPorts[0]}`, `https://${DOMAINS.other}:${portalPorts[1]}`];
    const secrets = origins.map(() => randomBytes(24).toString("hex"));
    const toml = `issuer = "${issuer}"
listen = "127.0.0.1:${port}"
data_dir = "./data"
[tls]
certificate_file = "./tls.crt"
key_file = "./tls.key"
[database]
url = "sqlite://./data/dinhdanh.sqlite"
[sandbox]
enabled = true
${clients(origins, secrets)}`;
    writeFileSync(join(folder, "dinhdanh.toml"), toml);
    const server = run(folder, "serve", ["serve", "--config", "dinhdanh.toml"]);
    stops.push(server.stop);
    await untilUp(server, () => isListening(port));
    return { issuer, origins, secrets, tls, stop: stopAll, log: server.log };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function isListening(port) {
  const { connect } = await import("node:net");
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket.destroy() && true));
    socket.once("error", () => resolve(false));
  });
}
