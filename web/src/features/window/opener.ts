import { useSyncExternalStore } from 'react'
import { call } from '../../api/calls'
import type { WindowCall, WindowProgress } from '../../api/types'
import { type Met, met } from './meet'

interface Message {
  readonly id: string
  readonly method: WindowCall['method']
  readonly params: unknown
}

interface Known {
  /** Undefined until it is there, null when nobody opened this window. */
  readonly origin: string | null | undefined
  /** It says that it needs this window no longer. */
  readonly over: boolean
}

/** What passes between a window and the business page that opened it. */
export interface Conversation {
  readonly known: () => Known
  readonly listen: (changed: () => void) => () => void
  /** Tells the business page how far a batch is. */
  readonly progress: (now: WindowProgress) => void
}

/**
 * Speaks with the business page that opened this window: it sends over its port what
 * it would send on the WebSocket, and it is asked in the window of this id. Nothing
 * waits for the page to be drawn, or to listen: a question that is asked by then the
 * agent tells when it is.
 */
export function converse(window_: string): Conversation {
  const listeners = new Set<() => void>()
  let known: Known = { origin: met ? undefined : null, over: false }
  let speaks: MessagePort | undefined
  const learn = (news: Partial<Known>) => {
    known = { ...known, ...news }
    listeners.forEach((changed) => changed())
  }
  const begin = ({ origin, port }: Met) => {
    speaks = port
    port.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (isOver(data)) learn({ over: true })
      if (!isMessage(data)) return
      void call({ origin, method: data.method, params: data.params, window: window_ }).then((got) => port.postMessage({ id: data.id, ...got }))
    }
    learn({ origin })
  }
  void met?.then(begin)
  return {
    known: () => known,
    listen: (changed) => {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    progress: ({ operation, done, total }) => speaks?.postMessage({ event: 'progress', data: { operation, done, total } }),
  }
}

/** What is known of the business page, live. */
export function useOpener({ listen, known }: Conversation): Known {
  return useSyncExternalStore(listen, known)
}

function isOver(data: unknown): boolean {
  return typeof data === 'object' && data !== null && (data as { xinzhang?: unknown }).xinzhang === 'over'
}

function isMessage(data: unknown): data is Message {
  if (typeof data !== 'object' || data === null) return false
  const { id, method } = data as Partial<Message>
  return typeof id === 'string' && typeof method === 'string'
}
