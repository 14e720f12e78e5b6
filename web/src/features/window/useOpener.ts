import { useCallback, useEffect, useRef, useState } from 'react'
import { call } from '../../api/calls'
import type { WindowCall, WindowProgress } from '../../api/types'

interface Message {
  readonly id: string
  readonly method: WindowCall['method']
  readonly params: unknown
}

interface Opener {
  readonly origin: string | null | undefined
  readonly over: boolean
  readonly progress: (now: WindowProgress) => void
}

/**
 * Speaks with the business page that opened this window: it is told `ready`,
 * answers with a MessagePort, and sends over it what it would send on the
 * WebSocket. Who it is, the browser says (MessageEvent.origin): its origin is
 * undefined until it is there, and null when nobody opened this window. It says
 * itself when it needs this window no longer (over), and is told of a batch.
 */
export function useOpener(window_: string, listening: boolean): Opener {
  const [origin, setOrigin] = useState<string | null | undefined>(window.opener ? undefined : null)
  const [over, setOver] = useState(false)
  const speaks = useRef<MessagePort>(undefined)
  const progress = useCallback(({ operation, done, total }: WindowProgress) => {
    speaks.current?.postMessage({ event: 'progress', data: { operation, done, total } })
  }, [])
  useEffect(() => {
    const opener = window.opener as Window | null
    // A call made before this window listens could ask its question to nobody.
    if (!opener || !listening) return
    let port: MessagePort | undefined
    const meet = (e: MessageEvent<{ xinzhang?: unknown } | null>) => {
      if (e.source !== opener || e.data?.xinzhang !== 'port' || !e.ports[0] || port) return
      port = e.ports[0]
      port.onmessage = (m: MessageEvent<unknown>) => (isOver(m.data) ? setOver(true) : void serve(m.data, e.origin))
      speaks.current = port
      setOrigin(e.origin)
    }
    const serve = async (data: unknown, from: string) => {
      if (!isMessage(data)) return
      const got = await call({ origin: from, method: data.method, params: data.params, window: window_ })
      port?.postMessage({ id: data.id, ...got })
    }
    window.addEventListener('message', meet)
    // The opener may be of any origin; nothing but this word goes to it before it is known.
    opener.postMessage({ xinzhang: 'ready' }, '*')
    return () => {
      window.removeEventListener('message', meet)
      port?.close()
    }
  }, [window_, listening])
  return { origin, over, progress }
}

function isOver(data: unknown): boolean {
  return typeof data === 'object' && data !== null && (data as { xinzhang?: unknown }).xinzhang === 'over'
}

function isMessage(data: unknown): data is Message {
  if (typeof data !== 'object' || data === null) return false
  const { id, method } = data as Partial<Message>
  return typeof id === 'string' && typeof method === 'string'
}
