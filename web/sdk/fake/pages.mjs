// The two pages of the agent that business pages reach by window and redirect. The
// real ones ask the person; these go straight to the fake's script of answers.

const head = `<!doctype html><html lang="zh"><meta charset="utf-8"><title>假的数字证书管理工具 (fake)</title>
<h1>假的数字证书管理工具</h1><p>仅供开发测试：不问任何人，按脚本回答。 For tests only: it answers by a script and asks nobody.</p>`;

const ask = `const ask = async (origin, m) => {
  const r = await fetch("/v1/windows/calls", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ origin, method: m.method, params: m.params, window: "0123456789abcdef" }) });
  const body = await r.json();
  return r.ok ? { result: body.result } : { error: body };
};`;

export const windowPage = `${head}<script>${ask}
addEventListener("message", (e) => {
  const port = e.ports[0];
  if (!port || e.source !== opener) return;
  port.onmessage = async (m) => m.data.xinzhang === "over" ? close() : port.postMessage({ id: m.data.id, ...(await ask(e.origin, m.data)) });
});
if (opener) opener.postMessage({ xinzhang: "ready" }, "*"); else document.body.append("没有打开它的网页 (no opener)");
</script>`;

export const redirectPage = `${head}<script>${ask}
const text = (s) => new TextDecoder().decode(Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0)));
const packed = (v) => btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(v)))).replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
(async () => {
  const q = JSON.parse(text(location.hash.slice("#request=".length)));
  const origin = new URL(q.return_url).origin;
  let answer = { state: q.state, ...(await ask(origin, q)) };
  if (q.deliver_url) {
    const r = await fetch("/v1/windows/deliver", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ origin, url: q.deliver_url, body: answer }) });
    answer = r.ok ? { state: q.state, delivered: true } : { state: q.state, error: await r.json() };
  }
  location.replace(q.return_url + "#xinzhang=" + packed(answer));
})();
</script>`;
