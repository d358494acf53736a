// A browser without scripts: keeps cookies, submits the first form it is shown, stops where the portal takes over.
// Form fields and ids are those of the provider's pages: citizen_id + password, otp, decision, account, sign-out.

export class Browser {
  #cookies = new Map();
  pages = [];

  constructor({ base, citizen, password = "Sandbox#2024", outbox = base }) {
    Object.assign(this, { base, citizen, password, outbox });
  }

  /** Opens an address and answers every page until the browser is sent to `stop`; returns that address. */
  async visit(address, stop) {
    this.pages = [];
    let request = { url: new URL(address), method: "GET" };
    for (let step = 0; step < 25; step++) {
      if (request.method === "GET" && request.url.href.startsWith(stop)) return request.url;
      const response = await this.#send(request);
      const location = response.headers.get("location");
      if (location) request = { url: new URL(location, request.url), method: "GET" };
      else request = await this.#answer(await response.text(), request.url, response.status);
    }
    throw new Error(`never came to ${stop}; pages: ${this.pages.join(", ")}`);
  }

  async #answer(html, url, status) {
    const form = /<form\b[^>]*>[\s\S]*?<\/form>/i.exec(html)?.[0];
    if (!form) throw new Error(`no form at ${url} (status ${status}): ${text(html)}`);
    const fields = new URLSearchParams();
    for (const [input] of form.matchAll(/<input\b[^>]*>/gi)) {
      const name = attribute(input, "name");
      if (name && attribute(input, "type") === "hidden") fields.append(name, attribute(input, "value") ?? "");
    }
    const has = (needle) => form.includes(needle);
    if (has('name="password"')) {
      this.#once("password", html);
      fields.set("citizen_id", this.citizen);
      fields.set("password", this.password);
    } else if (has('name="otp"')) {
      this.#once("otp", html);
      fields.set("otp", await this.#code());
    } else if (has('name="decision"')) {
      this.#once("consent", html);
      fields.set("decision", "allow");
    } else if (has('name="account"')) {
      this.#once("account", html);
      fields.set("account", "current");
    } else if (has('id="sign-out"')) {
      this.#once("sign-out", html);
    } else {
      throw new Error(`a page this browser does not know at ${url} (status ${status}): ${text(html)}`);
    }
    return { url: new URL(attribute(form, "action") ?? url.href, url), method: "POST", body: fields };
  }

  /** The same page twice means that our answer was refused. */
  #once(page, html) {
    if (this.pages.includes(page)) throw new Error(`the ${page} page came again: ${text(html)}`);
    this.pages.push(page);
  }

  async #code() {
    const response = await fetch(`${this.outbox}/sandbox/outbox?citizen_id=${this.citizen}`);
    const messages = await response.json();
    if (!messages[0]?.code) throw new Error(`no code in the outbox of ${this.citizen}`);
    return messages[0].code;
  }

  async #send({ url, method, body }) {
    const headers = { "accept-language": "vi" };
    const cookies = this.#cookies.get(url.hostname);
    if (cookies?.size) headers.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    if (method === "POST") headers.origin = url.origin;
    const response = await fetch(url, { method, body, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (!this.#cookies.has(url.hostname)) this.#cookies.set(url.hostname, new Map());
      if (!value || /max-age=0\b/i.test(line)) this.#cookies.get(url.hostname).delete(name);
      else this.#cookies.get(url.hostname).set(name, value);
    }
    return response;
  }
}

function attribute(tag, name) {
  const found = new RegExp(`^<[^>]*?\\s${name}\\s*=\\s*("([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(tag);
  return found && unescape(found[2] ?? found[3] ?? found[4]);
}

function unescape(value) {
  return value
    .replace(/&#(x?)([0-9a-f]+);/gi, (_, hex, code) => String.fromCodePoint(parseInt(code, hex ? 16 : 10)))
    .replace(/&(quot|apos|lt|gt|amp);/g, (_, name) => ({ quot: '"', apos: "'", lt: "<", gt: ">", amp: "&" })[name]);
}

const text = (html) => html.replace(/<(style|script)[\s\S]*?<\/\1>/gi, "").replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 300);
