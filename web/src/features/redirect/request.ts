import type { WindowCall } from '../../api/types'

/** What a business page asks by going to redirect.html#request=… */
export interface Request {
  readonly method: WindowCall['method']
  readonly params: unknown
  readonly return_url: string
  readonly state: string
  readonly deliver_url?: string
}

/** Reads the request in an address; undefined when there is none that can be read. */
export function readRequest(hash: string): Request | undefined {
  const packed = /^#request=([\w-]+)$/.exec(hash)?.[1]
  if (!packed) return undefined
  try {
    const found: unknown = JSON.parse(unpack(packed))
    return isRequest(found) ? found : undefined
  } catch {
    return undefined
  }
}

function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null) return false
  const r = value as Partial<Record<keyof Request, unknown>>
  return typeof r.method === 'string' && typeof r.state === 'string' && isWeb(r.return_url) &&
    (r.deliver_url === undefined || (isWeb(r.deliver_url) && originOf(r.deliver_url) === originOf(r.return_url)))
}

// javascript: and data: addresses would run with the rights of this page.
function isWeb(url: unknown): url is string {
  try {
    return ['http:', 'https:'].includes(new URL(url as string).protocol)
  } catch {
    return false
  }
}

/** The origin the answer goes to, and therefore the caller. */
export function originOf(url: string): string {
  return new URL(url).origin
}

/** The address to go back to with an answer. */
export function backTo(request: Request, answer: object): string {
  const url = new URL(request.return_url)
  url.hash = `xinzhang=${pack(JSON.stringify({ state: request.state, ...answer }))}`
  return url.href
}

/** Text as base64url of its UTF-8. */
export function pack(text: string): string {
  const octets = Array.from(new TextEncoder().encode(text), (octet) => String.fromCharCode(octet)).join('')
  return btoa(octets).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

function unpack(packed: string): string {
  const octets = atob(packed.replace(/-/g, '+').replace(/_/g, '/'))
  return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(octets, (c) => c.charCodeAt(0)))
}
