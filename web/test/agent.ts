import { vi } from 'vitest'
import type { ManagedKey } from '../src/api/types'

type Route = (body: Record<string, unknown>) => { status?: number; body: unknown } | Promise<{ status?: number; body: unknown }>

/** An agent made of answers; it keeps every call, for tests that count them. */
export function standIn(routes: Readonly<Record<string, Route>>) {
  const calls: { name: string; body: Record<string, unknown> }[] = []
  vi.stubGlobal('EventSource', class { addEventListener() {} close() {} })
  vi.stubGlobal('fetch', async (request: Request) => {
    const name = `${request.method} ${new URL(request.url).pathname}`
    const text = await request.text()
    const body = text ? (JSON.parse(text) as Record<string, unknown>) : {}
    calls.push({ name, body })
    const route = Object.entries(routes).find(([pattern]) => new RegExp(`^${pattern}$`).test(name))?.[1]
    const got = route ? await route(body) : { status: 404, body: { code: 'test.no_route', title: name, status: 404, type: '' } }
    return new Response(JSON.stringify(got.body), { status: got.status ?? 200, headers: { 'Content-Type': 'application/json' } })
  })
  return { calls, count: (part: string) => calls.filter((c) => c.name.includes(part)).length }
}

const certificate = {
  serial: '3f2a09', subject: 'CN=测试用户甲', issuer: '信章示例 CA', issuer_name: 'CN=信章示例 CA', not_before: '2026-01-01T00:00:00Z', not_after: '2027-01-01T00:00:00Z',
  days_left: 40, fingerprint: 'ab'.repeat(32), sha1: 'cd'.repeat(20), rows: [],
}

/** A person's UKey. */
export function personKey(change: Partial<ManagedKey> = {}): ManagedKey {
  return {
    id: '1'.repeat(64), kind: 'person', holder: '测试用户甲', unit: '示例监狱', serial_tail: '8421', not_before: certificate.not_before, not_after: certificate.not_after,
    device: { name: 'a', kind: 'soft' }, suited: true, state: 'ready', tries: { left: 7, max: 10, known: true, first: false },
    id_number_masked: '9900**********1239', signing: certificate, container: 'sign-1', application: 'XINZHANG', files: [],
    hardware: { name: 'a', label: '', kind: 'soft', serial: 'XZ1', hardware: false }, purposes: [], ...change,
  }
}
