import { useLayoutEffect, useRef, useState } from 'react'

type Handlers = Readonly<Record<string, (data: unknown) => void>>

/**
 * Listens to the server-sent events of an address for as long as the component
 * lives, and says whether the line is up. After a break the browser connects
 * again by itself; `open` is then called again, since events may have been missed.
 */
export function useEvents(address: string | undefined, handlers: Handlers, open: () => void): boolean {
  const latest = useRef({ handlers, open })
  latest.current = { handlers, open }
  const [up, setUp] = useState(true)
  const names = Object.keys(handlers).join()
  // Before the first paint, which would take longer than the line.
  useLayoutEffect(() => {
    if (!address) return
    const source = new EventSource(address)
    source.onopen = () => {
      setUp(true)
      latest.current.open()
    }
    source.onerror = () => setUp(false)
    for (const name of names.split(',')) {
      source.addEventListener(name, (e) => latest.current.handlers[name]?.(read(e)))
    }
    return () => source.close()
  }, [address, names])
  return up
}

function read(e: Event): unknown {
  try {
    return JSON.parse((e as MessageEvent<string>).data)
  } catch {
    return undefined
  }
}
