// What the fake agent answers: the methods of the page API over its own keys.
import { setTimeout as pause } from "node:timers/promises";
import { envelop, open, sign, verify } from "./messages.mjs";
import { der, digest, signDigest, sm3 } from "./sm2.mjs";
import { words } from "./words.gen.mjs";

const METHODS = ["hello", "keys", "certificate", "login", "sign", "batch", "decrypt", "verify", "envelope", "cancel"];
const ASKS = ["login", "sign", "batch", "decrypt"];
const KIND = { login: "person", sign: "person", seal: "organisation", decrypt: undefined };
const UNSUITED = { login: "key.purpose_login_organisation", sign: "key.purpose_person", seal: "key.purpose_organisation" };

/** problem makes problem+json in the words of the table; a code the table lacks stands for itself. */
export function problem(code, args = {}, lang = "zh") {
  const row = words[code];
  const text = row?.[/^en/.test(lang) ? "en" : "zh"] ?? { title: code, cause: "", next: "" };
  const put = (s) => s.replace(/\{(\w+)\}/g, (_, name) => args[name] ?? "?");
  return { type: `urn:xinzhang:${code}`, status: row?.http ?? 403, code, args, title: put(text.title), detail: put(text.cause), next: put(text.next) };
}

class Refused extends Error {
  constructor(code, args = {}) {
    super(code);
    Object.assign(this, { code, args });
  }
}

export class Answers {
  plugged = true;
  calls = [];
  crash = () => {};
  #script = [];
  #done = new Map();
  #waiting = new Map();

  constructor(options) {
    this.options = options;
    this.next(...(options.answers ?? []));
  }

  /**
   * next takes, for each coming operation: "approve", "refuse", "locked", "unplug",
   * "crash", "never" (waits for cancel), {left: n} (wrong PIN, n tries left),
   * {slow: ms}, {code, args}.
   */
  next(...list) {
    this.#script.push(...list);
  }

  health() {
    const { version = "1.0.0-fake", api = 1, userMatches = true } = this.options;
    return { product: "xinzhang-agent", version, api, user_matches: userMatches };
  }

  mayConnect(origin) {
    return origin !== undefined && this.options.userMatches !== false;
  }

  /** call answers one call: {result} or {error: problem}. */
  async call(origin, method, params = {}, { lang, push } = {}) {
    const entry = { origin, method, params };
    this.calls.push(entry);
    try {
      return { result: await this.#once(origin, method, params, push) };
    } catch (e) {
      const { code, args } = e instanceof Refused ? e : new Refused("request.invalid", { places: `${method}: ${e.message}` });
      entry.code = code;
      return { error: problem(code, args, lang) };
    }
  }

  /** A repeated operation gets the first answer. */
  #once(origin, method, params, push) {
    this.#admit(origin, method, params);
    if (!ASKS.includes(method)) return this.#run(origin, method, params, push);
    const id = `${origin} ${params.operation}`;
    const sent = JSON.stringify([method, params]);
    const first = this.#done.get(id);
    if (first && first.sent !== sent) throw new Refused("agent.operation_reused");
    const answer = first?.answer ?? this.#run(origin, method, params, push);
    this.#done.set(id, { sent, answer });
    return answer;
  }

  #admit(origin, method, params) {
    const { origins, userMatches = true, methods = METHODS, api = 1 } = this.options;
    if (!origin) throw new Refused("agent.origin_absent");
    if (!userMatches) throw new Refused("agent.other_user");
    if (method === "hello" && params.api !== api) throw new Refused("agent.api_version", { page: params.api, agent: api });
    if (origins && !origins.includes(origin) && method !== "hello") throw new Refused("agent.origin_refused", { origin });
    if (!methods.includes(method)) throw new Refused("agent.no_such_method", { method });
    if (ASKS.includes(method) && !/^[\w-]{16,64}$/.test(params.operation ?? "")) throw new Refused("request.invalid", { places: "params.operation" });
  }

  async #run(origin, method, params, push) {
    const said = ASKS.includes(method) && (await this.#ask(params.operation));
    switch (method) {
      case "hello":
        return { ...this.health(), user_matches: undefined, allowed: true, methods: this.options.methods ?? METHODS };
      case "keys":
        return { keys: this.#keys(params.purpose) };
      case "certificate":
        return this.#certificate(params);
      case "login":
        return { token: this.#token(params, origin) };
      case "sign":
        return this.#sign(this.#key(params.purpose, params.key), params.document, params.format);
      case "batch":
        return this.#batch(params, push, said);
      case "decrypt":
        return this.#decrypt(params);
      case "verify":
        return this.#verify(params);
      case "envelope":
        return this.#envelope(params);
      default:
        this.#waiting.get(params.operation)?.();
        return {};
    }
  }

  /** ask plays the person, by the script. */
  async #ask(operation) {
    const answer = this.#script.shift() ?? "approve";
    if (answer === "refuse") throw new Refused("user.refused");
    if (answer === "locked") throw new Refused("pin.locked");
    if (answer === "unplug") throw new Refused("token.removed");
    if (answer === "crash") {
      await this.crash();
      return new Promise(() => {});
    }
    if (answer === "never") {
      await new Promise((resolve) => this.#waiting.set(operation, resolve));
      throw new Refused("operation.cancelled");
    }
    if (answer.slow) await pause(answer.slow);
    if (answer.left !== undefined) throw new Refused("pin.incorrect", { left: answer.left });
    if (answer.code) throw new Refused(answer.code, answer.args ?? {});
    return answer;
  }

  #keys(purpose) {
    if (!this.plugged) return [];
    return this.options.ukeys.map((k) => {
      const suited = !KIND[purpose] || KIND[purpose] === k.kind;
      const code = UNSUITED[purpose];
      return { ...k.told, suited, ...(!suited && { reason: { code, title: problem(code).title } }) };
    });
  }

  /** key picks by id, else by purpose. */
  #key(purpose, id) {
    if (!this.plugged) throw new Refused("agent.no_key");
    const found = this.options.ukeys.find((k) => (id ? k.id === id : !KIND[purpose] || k.kind === KIND[purpose]));
    if (!found) throw new Refused("key.not_plugged_in");
    if (KIND[purpose] && found.kind !== KIND[purpose]) throw new Refused("agent.no_key_fits", { reason: UNSUITED[purpose] });
    return found;
  }

  #told(k) {
    return { ...k.told, suited: true };
  }

  #certificate({ purpose, key }) {
    const k = this.#key(purpose, key);
    const pair = purpose === "decrypt" ? k.encryption : k.signing;
    return { key: this.#told(k), certificate: pair.certificate.toString("base64"), chain: [this.options.root.certificate.toString("base64")] };
  }

  #token({ nonce, key }, origin) {
    const { signing } = this.#key("login", key);
    const e = digest(signing.key.point, Buffer.concat([sm3(Buffer.from(origin)), sm3(Buffer.from(nonce))]));
    return { format: "xinzhang:1.0", algorithm: "SM2SM3", certificate: signing.certificate.toString("base64"), signature: signDigest(signing.key, e).toString("base64"), app_version: "fake" };
  }

  #sign(k, document, format) {
    const bytes = Buffer.from(document.data ?? document.to_sign ?? "", "base64");
    const { value, e } = document.digest ? this.#overDigest(k, document) : sign(k.signing, bytes, document.to_sign ? "raw" : format);
    return { value: value.toString("base64"), certificate: k.signing.certificate.toString("base64"), key: this.#told(k), digest: e.toString("base64") };
  }

  #overDigest(k, document) {
    const e = Buffer.from(document.digest, "base64");
    return { value: der(signDigest(k.signing.key, e)), e };
  }

  /** batch signs what the answer {keep: [index]} keeps, and stops before {stop: index}. */
  #batch({ operation, purpose, key, documents, format }, push, { keep = [...documents.keys()], stop }) {
    const k = this.#key(purpose, key);
    const told = (code) => ({ code, title: problem(code).title });
    const results = [];
    let done = 0;
    for (const [index, d] of documents.entries()) {
      if (!keep.includes(index)) results.push({ index, error: told("user.left_out") });
      else if (stop === undefined || index < stop) {
        const { value, digest: e } = this.#sign(k, d, format);
        push?.("progress", { operation, done: ++done, total: keep.length });
        results.push({ index, value, digest: e });
      }
    }
    const stopped = stop !== undefined && { index: stop, reason: told("operation.stopped") };
    return { results, ...(stopped && { stopped }), certificate: k.signing.certificate.toString("base64"), key: this.#told(k) };
  }

  #decrypt({ envelope, key }) {
    const k = this.#key("decrypt", key);
    const plain = open(k.encryption, Buffer.from(envelope, "base64"));
    if (!plain) throw new Refused("cms.not_recipient", { holder: k.told.holder });
    return { plaintext: plain.toString("base64") };
  }

  #verify({ message, content, certificate }) {
    const bytes = (s) => (s === undefined ? undefined : Buffer.from(s, "base64"));
    const found = verify(this.options.ukeys.map((k) => k.signing), bytes(message), bytes(content), bytes(certificate));
    if (!found) throw new Refused("request.invalid", { places: "message (fake: signed by others)" });
    return { valid: found.valid, certificate: found.certificate.toString("base64"), ...(found.content && { content: found.content.toString("base64") }) };
  }

  #envelope({ content, recipients }) {
    const pairs = recipients.map((r) => this.options.ukeys.find((k) => k.encryption.certificate.equals(Buffer.from(r, "base64")))?.encryption);
    if (pairs.includes(undefined)) throw new Refused("request.invalid", { places: "recipients (fake: certificates of others)" });
    return { envelope: envelop(pairs, Buffer.from(content, "base64")).toString("base64") };
  }
}
