import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Client } from "../src/client";
import { ORIGIN, codeOf, fake } from "./helpers";

type Agent = ReturnType<typeof fake>;

/** What answers on which port, and the sockets that are open. */
let there: Map<number, Agent>;
let open: Set<Socket>;

/** A WebSocket and a fetch over the fakes in `there`, with the messages as text. */
class Socket {
  onopen?: () => void;
  onclose?: () => void;
  onmessage?: (e: { data: string }) => void;
  private readonly agent: Agent | undefined;

  constructor(url: string) {
    const port = Number(new URL(url).port);
    this.agent = there.get(port);
    setTimeout(() => {
      if (!this.agent?.mayConnect(ORIGIN)) return this.onclose?.();
      open.add(this);
      this.onopen?.();
    });
  }

  async send(text: string) {
    const { id, method, params } = JSON.parse(text);
    const push = (event: string, data: unknown) => this.onmessage?.({ data: JSON.stringify({ event, data }) });
    const answer = await this.agent!.call(ORIGIN, method, params, { push });
    if (open.has(this)) this.onmessage?.({ data: JSON.stringify({ id, ...answer }) });
  }

  close() {
    if (open.delete(this)) this.onclose?.();
  }
}

async function fakeFetch(url: string, init?: { body: string }) {
  const { port, pathname } = new URL(url);
  const agent = there.get(Number(port));
  if (!agent) throw new TypeError("Failed to fetch");
  const answer = pathname === "/health" ? { result: agent.health() } : await agent.call(ORIGIN, pathname.slice(4), JSON.parse(init!.body));
  return { ok: !answer.error, json: async () => answer.error ?? answer.result };
}

beforeEach(() => {
  there = new Map();
  open = new Set();
  vi.stubGlobal("WebSocket", Socket);
  vi.stubGlobal("fetch", fakeFetch);
  vi.stubGlobal("location", { origin: ORIGIN, hostname: "case.example.cn", href: `${ORIGIN}/` });
  vi.stubGlobal("window", { isSecureContext: false });
  vi.stubGlobal("document", { documentElement: { lang: "zh" }, addEventListener() {}, removeEventListener() {} });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const text = { action: "批准", document: { title: "t", type: "text", text: "同意" } } as const;
const asked = (agent: Agent, method: string) => agent.calls.filter((c: { method: string }) => c.method === method);

describe("finding the agent", () => {
  test("on the next port, when the first is silent or another user's", async () => {
    there.set(18099, fake({ userMatches: false }));
    there.set(18101, fake());
    const c = await new Client().connect();
    expect(c.route).toBe("socket");
  });

  test("an agent of another user alone says so itself", async () => {
    there.set(18099, fake({ userMatches: false }));
    expect(await codeOf(new Client().connect())).toBe("agent.other_user");
  });

  test("nobody there", async () => {
    expect(await codeOf(new Client().connect())).toBe("agent.not_running");
  });

  test("another major version refuses", async () => {
    there.set(18099, fake({ api: 2 }));
    expect(await codeOf(new Client().connect())).toBe("agent.api_version");
  });

  test("a method that an old agent lacks is named", async () => {
    there.set(18099, fake({ methods: ["hello", "keys"] }));
    expect(await codeOf(new Client().sign(text))).toBe("agent.too_old");
  });

  test.each([
    [false, "denied", "case.example.cn", "browser.blocked_local"],
    [false, "denied", "10.1.2.3", "agent.not_running"],
    [true, "denied", "case.example.cn", "browser.permission_denied"],
    [true, "prompt", "case.example.cn", "agent.not_running"],
    [true, "granted", "case.example.cn", "agent.not_running"],
  ])("secure %s, permission %s, host %s: %s", async (isSecureContext, state, hostname, code) => {
    const top = { isSecureContext } as { isSecureContext: boolean; top?: unknown };
    top.top = top;
    vi.stubGlobal("window", top);
    vi.stubGlobal("location", { origin: ORIGIN, hostname, href: `${ORIGIN}/` });
    vi.stubGlobal("navigator", { permissions: { query: async () => ({ state }) } });
    const found = await new Client().connect().then((c) => c.why?.code, (e) => e.code);
    expect(found).toBe(code);
  });

  test("a frame of another site that was not given the permission", async () => {
    const top = Object.defineProperty({}, "location", {
      get() {
        throw new Error("SecurityError");
      },
    });
    vi.stubGlobal("window", { isSecureContext: true, top });
    vi.stubGlobal("navigator", { permissions: { query: async () => ({ state: "denied" }) } });
    expect((await new Client().connect()).why?.code).toBe("browser.frame_not_delegated");
  });

  test("a question that the browser leaves open is named", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("window", { isSecureContext: true });
    vi.stubGlobal("navigator", { permissions: { query: async () => ({ state: "prompt" }) } });
    vi.stubGlobal("WebSocket", class {});
    const steps: unknown[] = [];
    const client = new Client();
    client.on("progress", (p) => steps.push(p));
    const connecting = client.connect();
    await vi.advanceTimersByTimeAsync(61_000);
    expect((await connecting).why?.code).toBe("browser.permission_pending");
    expect(steps).toContainEqual({ step: "permission" });
  });
});

describe("operations", () => {
  test("one at a time", async () => {
    const agent = fake({ answers: [{ slow: 50 }] });
    there.set(18099, agent);
    const client = new Client();
    const first = client.sign(text);
    expect(await codeOf(client.seal(text))).toBe("call.busy");
    expect((await first).value).toBeTruthy();
    expect((await client.seal(text)).key.kind).toBe("organisation");
    expect(asked(agent, "sign")).toHaveLength(2);
  });

  test("a lost connection is taken up again, and the operation runs once", async () => {
    const agent = fake({ answers: [{ slow: 60 }] });
    there.set(18099, agent);
    const client = new Client();
    const signing = client.sign(text);
    await vi.waitFor(() => expect(asked(agent, "sign")).toHaveLength(1));
    for (const s of [...open]) s.close();
    const { value } = await signing;
    const calls = asked(agent, "sign");
    expect(calls.map((c: { params: { operation: string } }) => c.params.operation)).toEqual([calls[0].params.operation, calls[0].params.operation]);
    expect(value).toBeTruthy();
  });

  test("an agent that is gone leaves the outcome open", async () => {
    const agent = fake({ answers: [{ slow: 60 }] });
    there.set(18099, agent);
    const signing = codeOf(new Client().sign(text));
    await vi.waitFor(() => expect(asked(agent, "sign")).toHaveLength(1));
    there.clear();
    for (const s of [...open]) s.close();
    expect(await signing).toBe("agent.disconnected");
  });

  test("a signal and a deadline end it at the agent too", async () => {
    const agent = fake({ answers: ["never", "never"] });
    there.set(18099, agent);
    const client = new Client();
    await client.connect();
    const abort = new AbortController();
    const aborted = codeOf(client.sign(text, { signal: abort.signal }));
    await vi.waitFor(() => expect(asked(agent, "sign")).toHaveLength(1));
    abort.abort();
    expect(await aborted).toBe("call.aborted");
    expect(await codeOf(client.sign(text, { timeout: 20 }))).toBe("call.timeout");
    await vi.waitFor(() => expect(asked(agent, "cancel")).toHaveLength(2));
    expect(await codeOf(client.sign(text, { signal: abort.signal }))).toBe("call.aborted");
    expect(asked(agent, "sign")).toHaveLength(2);
  });

  test("cancel ends what waits for the person", async () => {
    const agent = fake({ answers: ["never"] });
    there.set(18099, agent);
    const client = new Client();
    const signing = codeOf(client.sign(text));
    await vi.waitFor(() => expect(asked(agent, "sign")).toHaveLength(1));
    await client.cancel();
    expect(await signing).toBe("operation.cancelled");
  });

  test("a batch reports its progress", async () => {
    there.set(18099, fake());
    const client = new Client();
    const seen: unknown[] = [];
    client.on("progress", (p) => seen.push(p));
    const { results } = await client.batch({ documents: [text.document, text.document] });
    expect(results.map((r) => r.index)).toEqual([0, 1]);
    expect(seen).toContainEqual(expect.objectContaining({ done: 2, total: 2 }));
  });

  test("a batch tells what the person took out and where it was stopped", async () => {
    there.set(18099, fake({ answers: [{ keep: [0, 2, 3], stop: 3 }] }));
    const { document } = text;
    const { results, stopped } = await new Client().batch({ documents: [document, document, document, document] });
    expect(results.map((r) => [r.index, r.error?.code, r.value !== undefined])).toEqual([[0, undefined, true], [1, "user.left_out", false], [2, undefined, true]]);
    expect(stopped).toEqual({ index: 3, reason: expect.objectContaining({ code: "operation.stopped" }) });
  });

  test("a login nonce that is too short is the page's fault", async () => {
    expect(await codeOf(new Client().login({ nonce: "short" }))).toBe("call.wrong");
  });

  test.each([
    ["refuse", "user.refused"],
    ["locked", "pin.locked"],
    ["unplug", "token.removed"],
    [{ left: 3 }, "pin.incorrect"],
  ])("the fake answers %j with %s", async (answer, code) => {
    there.set(18099, fake({ answers: [answer] }));
    expect(await codeOf(new Client().sign(text))).toBe(code);
  });
});

describe("the agent's window", () => {
  /**
   * inWindow has window.open give window.html of the agent on port, which carries what
   * comes over its port to agent; heard is told of all of it, and of where the window went.
   */
  function inWindow(agent: Agent, heard: unknown[], port = 18099) {
    const listeners = new Set<(e: object) => void>();
    const load = (url: string) => {
      heard.push(url);
      const { origin } = new URL(url);
      if (origin.endsWith(`:${port}`)) setTimeout(() => listeners.forEach((l) => l({ source: opened, origin, data: { xinzhang: "ready" } })));
    };
    const opened = {
      closed: false,
      location: { replace: load },
      close() {},
      postMessage(_: object, __: string, [port]: [MessagePort]) {
        port.onmessage = async ({ data }) => {
          heard.push(data.method ?? data.xinzhang);
          if (data.method) port.postMessage({ id: data.id, ...(await agent.call(ORIGIN, data.method, data.params)) });
        };
      },
    };
    const listening = { addEventListener: (_: string, l: () => void) => listeners.add(l), removeEventListener: (_: string, l: () => void) => listeners.delete(l) };
    vi.stubGlobal("window", { isSecureContext: false, open: (url: string) => (load(url), opened), ...listening });
    vi.stubGlobal("navigator", { permissions: { query: async () => ({ state: "denied" }) } });
  }

  test("close ends the batch in it before it lets it go", async () => {
    const agent = fake({ answers: ["never"] });
    const heard: unknown[] = [];
    inWindow(agent, heard);
    const client = new Client();
    expect((await client.connect()).route).toBe("window");
    const signing = codeOf(client.batch({ documents: [text.document, text.document] }));
    await vi.waitFor(() => expect(asked(agent, "batch")).toHaveLength(1));
    client.close();
    expect(await signing).toBe("call.window_closed");
    await vi.waitFor(() => expect(heard).toContain("over"));
    expect(heard).toEqual(["http://127.0.0.1:18099/window.html", "hello", "batch", "cancel", "over"]);
    expect(asked(agent, "cancel")[0].params).toEqual({ operation: asked(agent, "batch")[0].params.operation });
  });

  test("an agent that ends midway leaves the outcome open", async () => {
    const agent = fake();
    const call = agent.call.bind(agent);
    // What window.html answers where its own call fails.
    agent.call = async (origin: string, method: string, params: object) => (method === "batch" ? { error: { code: "agent.not_running" } } : call(origin, method, params));
    inWindow(agent, []);
    expect(await codeOf(new Client().batch({ documents: [text.document, text.document] }))).toBe("agent.disconnected");
  });

  test("an agent on the second port is asked there first from then on, also by the next page of the tab", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
    const kept = new Map<string, string>();
    vi.stubGlobal("sessionStorage", { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) });
    const heard: unknown[] = [];
    inWindow(fake(), heard, 18100);
    /** click signs on a page and gives where its window went. */
    const click = async (client: Client) => {
      heard.length = 0;
      const signing = client.sign(text);
      await vi.advanceTimersByTimeAsync(11_000);
      expect((await signing).value).toBeTruthy();
      return heard.filter((h) => String(h).startsWith("http"));
    };
    const at = (port: number) => `http://127.0.0.1:${port}/window.html`;
    /** loaded is a client on a page that was loaded just now. */
    const loaded = async () => {
      vi.resetModules();
      return new (await import("../src/client")).Client();
    };
    const client = await loaded();
    expect(await click(client)).toEqual([at(18099), at(18100)]);
    expect(await click(client)).toEqual([at(18100)]);
    expect(await click(await loaded())).toEqual([at(18100)]);
    kept.set("xinzhang.port", "80");
    expect(await click(await loaded())).toEqual([at(18099), at(18100)]);
  });

  test("an agent whose hello does not fit has its window closed, though the call went with it", async () => {
    for (const [agent, code] of [[fake({ api: 2, answers: ["never"] }), "agent.api_version"], [fake({ methods: ["hello", "keys"], answers: ["never"] }), "agent.too_old"]] as const) {
      const heard: unknown[] = [];
      inWindow(agent, heard);
      const client = new Client();
      expect(await codeOf(client.sign({ document: text.document }))).toBe(code);
      await vi.waitFor(() => expect(heard).toEqual(["http://127.0.0.1:18099/window.html", "hello", "sign", "over"]));
    }
  });
});

test("keys that come and go are heard, and the agent is found again", async () => {
  vi.useFakeTimers();
  there.set(18099, fake());
  const client = new Client();
  const heard: unknown[] = [];
  const stop = client.on("keys", (k) => heard.push(k));
  const connecting = client.connect();
  await vi.advanceTimersByTimeAsync(100);
  await connecting;
  const [socket] = open;
  socket!.onmessage?.({ data: JSON.stringify({ event: "keys", data: { count: 1 } }) });
  expect(heard).toEqual([{ count: 1 }]);
  socket!.close();
  await vi.advanceTimersByTimeAsync(3100);
  await vi.advanceTimersByTimeAsync(100);
  expect(open.size).toBe(1);
  stop();
});
