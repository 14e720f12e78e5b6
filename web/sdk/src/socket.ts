import { fail } from "./errors";
import type { Lang } from "./errors";
import { Exchange } from "./transport";
import type { Push, Transport } from "./transport";

/**
 * openSocket opens the WebSocket of the agent on port. It rejects with
 * agent.disconnected when the socket does not open, whatever the reason: the
 * browser does not tell a page. lost is called when an open socket ends.
 */
export function openSocket(port: number, lang: Lang, push: Push, lost: () => void): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`);
    const exchange = new Exchange(lang, (m) => socket.send(JSON.stringify(m)), push);
    const gone = () => fail(lang, "agent.disconnected", {});
    let open = false;
    socket.onopen = () => {
      open = true;
      resolve({
        route: "socket",
        port,
        call: (method, params) => exchange.call(method, params),
        close() {
          socket.onclose = socket.onerror = null;
          socket.close();
          exchange.end(gone());
        },
      });
    };
    socket.onmessage = (e: MessageEvent<unknown>) => {
      try {
        exchange.receive(JSON.parse(String(e.data)));
      } catch {
        exchange.end(fail(lang, "call.answer_malformed", {}));
        socket.close();
      }
    };
    const ended = () => {
      reject(gone());
      exchange.end(gone());
      if (open) lost();
    };
    socket.onclose = ended;
    socket.onerror = ended; // Chromium tells a socket that a page's policy forbids of no close
  });
}
