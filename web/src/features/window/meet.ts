// window.html runs this before what the page is made of has been read (vite.config.ts):
// the business page and this window get to know each other meanwhile. It imports nothing.

/** The business page that opened this window: who it is, as the browser says, and the port it speaks over. */
export interface Met {
  readonly origin: string
  readonly port: MessagePort
}

/**
 * The page that opened this window, once it is known; undefined when nobody did. What it
 * sends waits in its port until somebody listens.
 */
export const met = meet(window.opener as Window | null)

// The opener is told `ready`, and answers with a MessagePort.
function meet(opener: Window | null): Promise<Met> | undefined {
  if (!opener) return undefined
  const met = new Promise<Met>((resolve) => {
    const hear = (e: MessageEvent<{ xinzhang?: unknown } | null>) => {
      if (e.source !== opener || e.data?.xinzhang !== 'port' || !e.ports[0]) return
      window.removeEventListener('message', hear)
      resolve({ origin: e.origin, port: e.ports[0] })
    }
    window.addEventListener('message', hear)
  })
  // The opener may be of any origin; nothing but this word goes to it before it is known.
  opener.postMessage({ xinzhang: 'ready' }, '*')
  return met
}
