// From a page of a business system to a signature and back, in a real browser: the
// agent and the floor, in turn, by POST and by WebSocket, and the agent by the SDK.
// Prints the milliseconds of each call as JSON. Run by the benchmark in bench_test.go:
//
//	node trip.mjs AGENT-PORT FLOOR-PORT ROUNDS
import { programs } from "./browsers.mjs";
import { stage, strike } from "./stage.mjs";

const [agent, floor, rounds] = process.argv.slice(2).map(Number);

/** measure runs in the page. */
async function measure({ agent, floor, rounds }) {
  if (!crossOriginIsolated) throw new Error("the clock of this page is too coarse");
  let last = 0;
  const params = () => ({ operation: `trip-${String(++last).padStart(16, "0")}`, action: "签字", purpose: "sign", format: "raw", document: { title: "t", type: "data", data: "eHh4" } });

  async function post(port) {
    const response = await fetch(`http://127.0.0.1:${port}/v1/sign`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(params()) });
    return response.json();
  }

  /** open gives a function that sends text and resolves with the answer. */
  async function open(port) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`);
    await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: () => reject(new Error(`no WebSocket on ${port}`)) }));
    return (message) =>
      new Promise((resolve, reject) => {
        socket.onclose = () => reject(new Error(`the WebSocket on ${port} ended`));
        socket.onmessage = (e) => {
          const answer = JSON.parse(e.data);
          if (!answer.event) resolve(answer);
        };
        socket.send(JSON.stringify(message));
      });
  }

  const bare = await open(floor);
  const ours = await open(agent);
  await ours({ id: "0", method: "hello", params: { sdk: "bench", api: 1 } });
  const { route } = await client.connect();
  if (route !== "socket") throw new Error(`the SDK goes by ${route}`);
  const document = { title: "t", type: "data", data: "eHh4" };
  const ways = {
    floorPOST: () => post(floor),
    agentPOST: () => post(agent),
    floorSocket: () => bare(params()),
    agentSocket: async () => (await ours({ id: "1", method: "sign", params: params() })).result,
    agentSDK: () => client.sign({ document }),
  };
  const names = Object.keys(ways);
  const times = Object.fromEntries(names.map((name) => [name, []]));
  const WARM = 20; // the origin is allowed, connections are open, code is compiled
  for (let i = -WARM; i < rounds; i++) {
    // What a call leaves to be done falls on the next one: none always follows the same.
    for (const [name] of names.map((name) => [name, Math.random()]).sort((a, b) => a[1] - b[1])) {
      const began = performance.now();
      const answer = await ways[name]();
      const took = performance.now() - began;
      if (!answer?.value) throw new Error(`${name}: ${JSON.stringify(answer)}`);
      if (i >= 0) times[name].push(took);
    }
  }
  return times;
}

const [program] = await programs();
const { site, browser } = await stage(program, () => ({ port: agent }));
try {
  const page = await browser.newPage();
  await page.goto(`${site.origin("http", "loopback", "127.0.0.2")}/business.html?isolated`);
  console.log(JSON.stringify(await page.evaluate(measure, { agent, floor, rounds })));
} finally {
  await strike({ site, browser });
}
