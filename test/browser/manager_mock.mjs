// A stand-in for the agent, for looking at the pages in states that are hard to
// bring about: locked, expired, unplugged, slow. It serves the built pages under
// the policy of the agent, and the window and manager API from a table of states.
// Nothing of it is in the product.
//
//	node manager_mock.mjs [PORT]     then open http://127.0.0.1:18199/manager.html
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { keys, log, origins, question } from './manager_states.mjs'

const dist = fileURLToPath(new URL('../../internal/webui/dist', import.meta.url))
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

export const right = 'r1ght-pin'

export async function mock(port = 0) {
  const world = {
    keys: [], devices: [], questions: new Map(), pinCalls: 0, answers: [], calls: [], session: true, delay: 0,
    settings: { language: 'zh', theme: 'light', digest_only: 'refuse' }, origins: origins(), log: log(), streams: new Set(),
    // push tells every page that listens.
    push(event, data) {
      for (const stream of world.streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    plug(...names) {
      world.keys = names.map((name) => structuredClone(keys[name]))
      world.push('keys', { count: names.length })
    },
    ask(name, change = {}) {
      const q = { ...structuredClone(question(name)), ...change }
      world.questions.set(q.id, q)
      return q
    },
  }
  const server = createServer((req, res) => void serve(world, req, res).catch((e) => problem(res, 500, 'internal.error', { e: String(e) })))
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve))
  world.origin = `http://127.0.0.1:${server.address().port}`
  world.close = () => {
    for (const stream of world.streams) stream.end()
    server.closeAllConnections()
    server.close()
  }
  return world
}

async function serve(world, req, res) {
  const url = new URL(req.url, 'http://x')
  const body = await read(req)
  for (const [method, path, act] of routes) {
    const found = req.method === method && path.exec(url.pathname)
    if (!found) continue
    if (url.pathname.startsWith('/v1/manager') && !world.session && !url.pathname.endsWith('/session')) return problem(res, 401, 'session.absent')
    if (world.delay && req.method === 'POST') await new Promise((r) => setTimeout(r, world.delay))
    return act(world, { res, id: found[1], body, query: url.searchParams })
  }
  return page(url.pathname, res)
}

const routes = [
  ['GET', /^\/health$/, (_, { res }) => json(res, { product: 'xinzhang-agent', version: '0.4.0', api: 1, user_matches: true })],
  ['POST', /^\/v1\/manager\/session$/, (w, { res }) => { w.session = true; json(res, { version: '0.4.0', settings: w.settings }) }],
  ['GET', /^\/v1\/manager\/keys$/, (w, { res }) => json(res, { keys: w.keys, devices: w.devices })],
  ['GET', /^\/v1\/(?:manager|windows\/([\w-]+))\/events$/, events],
  ['POST', /^\/v1\/manager\/keys\/(\w+)\/id-number$/, (w, { res }) => json(res, { id_number: '990000199001011239' })],
  ['POST', /^\/v1\/manager\/keys\/(\w+)\/compare$/, compare],
  ['POST', /^\/v1\/manager\/keys\/(\w+)\/verify-pin$/, (w, c) => pin(w, c, c.body.pin, (key) => ({ tries: key.tries }))],
  ['POST', /^\/v1\/manager\/keys\/(\w+)\/change-pin$/, (w, c) => pin(w, c, c.body.old, (key) => { key.tries.first = false; key.state = 'ready'; return { tries: key.tries } })],
  ['POST', /^\/v1\/manager\/keys\/(\w+)\/test-signature$/, (w, c) => pin(w, c, c.body.pin, (key) => ({ digest: '', value: '', valid: true, tries: key.tries }))],
  ['GET', /^\/v1\/manager\/keys\/(\w+)\/certificate$/, (w, { res, query }) => {
    res.writeHead(200, { 'Content-Type': 'application/pkix-cert', 'Content-Disposition': `attachment; filename="cert.${query.get('form')}"` })
    res.end('certificate')
  }],
  ['GET', /^\/v1\/manager\/origins$/, (w, { res }) => json(res, w.origins)],
  ['DELETE', /^\/v1\/manager\/origins$/, (w, { res, query }) => {
    w.origins.origins = w.origins.origins.filter((o) => o.origin !== query.get('origin'))
    res.writeHead(204).end()
  }],
  ['GET', /^\/v1\/manager\/settings$/, (w, { res }) => json(res, w.settings)],
  ['PUT', /^\/v1\/manager\/settings$/, (w, { res, body }) => json(res, (w.settings = body))],
  ['GET', /^\/v1\/manager\/log$/, (w, { res }) => json(res, { entries: w.log })],
  ['POST', /^\/v1\/windows\/calls$/, async (w, { res, body }) => {
    w.calls.push(body)
    const q = w.ask(body.method === 'login' ? 'login' : 'sign', { id: body.window, origin: body.origin })
    w.push('question', { operation: q.operation })
    const approved = await new Promise((resolve) => { q.settle = resolve })
    return approved ? json(res, { result: { value: 'c2lnbmF0dXJl' } }) : problem(res, 403, 'user.refused')
  }],
  ['POST', /^\/v1\/windows\/deliver$/, (w, { res, body }) => { w.delivered = body; json(res, {}) }],
  ['GET', /^\/v1\/windows\/([\w-]+)$/, (w, { res, id }) => (w.questions.has(id) ? json(res, w.questions.get(id)) : problem(res, 404, 'window.absent'))],
  ['POST', /^\/v1\/windows\/([\w-]+)\/answer$/, decide],
]

function decide(w, { res, id, body }) {
  const q = w.questions.get(id)
  if (!q) return problem(res, 404, 'window.absent')
  w.answers.push(body)
  const key = q.keys.find((k) => k.id === body.key)
  if (body.approve && q.need_pin && body.pin !== right) {
    key.tries.left--
    w.push('tries', { key: key.id, tries: key.tries })
    return key.tries.left === 0 ? problem(res, 423, 'pin.locked') : problem(res, 403, 'pin.incorrect', { left: key.tries.left })
  }
  w.questions.delete(id)
  q.settle?.(body.approve)
  json(res, { done: true })
}

function pin(w, { res, id }, given, good) {
  w.pinCalls++
  const key = w.keys.find((k) => k.id === id)
  if (key.tries.left === 0) return problem(res, 423, 'pin.locked')
  if (given === right) {
    key.tries.left = key.tries.max
    return json(res, good(key))
  }
  key.tries.left--
  if (key.tries.left > 0) return problem(res, 403, 'pin.incorrect', { left: key.tries.left })
  key.state = 'pin_locked'
  return problem(res, 423, 'pin.locked')
}

function compare(w, { res, body }) {
  const own = '990000199001011239'
  const places = [['region', 1, 6], ['birth', 7, 14], ['sequence', 15, 17], ['check', 18, 18]]
  const parts = places.map(([name, from, to]) => ({ name, from, to, equal: body.number.slice(from - 1, to) === own.slice(from - 1, to) }))
  if (body.number.length !== 18) parts.push({ name: 'length', from: 1, to: 18, equal: false })
  json(res, { equal: body.number === own, parts })
}

// As the agent does, it tells a window at once of a question that is asked already.
function events(w, { res, id }) {
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
  res.write(':\n\n')
  if (w.questions.has(id)) res.write(`event: question\ndata: ${JSON.stringify({ operation: w.questions.get(id).operation })}\n\n`)
  w.streams.add(res)
  res.on('close', () => w.streams.delete(res))
}

function json(res, value) {
  res.writeHead(200, { 'Content-Type': 'application/json' })
  res.end(JSON.stringify(value))
}

function problem(res, status, code, args) {
  res.writeHead(status, { 'Content-Type': 'application/problem+json' })
  res.end(JSON.stringify({ type: `urn:xinzhang:${code}`, status, code, args, title: code }))
}

async function read(req) {
  const parts = []
  for await (const part of req) parts.push(part)
  const text = Buffer.concat(parts).toString()
  return text ? JSON.parse(text) : undefined
}

async function page(path, res) {
  const file = join(dist, normalize(path))
  const nonce = randomBytes(16).toString('base64')
  try {
    const content = await readFile(file)
    res.writeHead(200, {
      'Content-Type': types[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': `default-src 'self'; img-src 'self' data:; style-src 'self' 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    })
    res.end(extname(file) === '.html' ? content.toString().replaceAll('__CSP_NONCE__', nonce) : content)
  } catch {
    res.writeHead(404).end()
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const world = await mock(Number(process.argv[2] ?? 18199))
  world.plug('person', 'seal')
  console.log(`${world.origin}/manager.html`)
}
