import { useCallback, useRef, useState } from 'react'

/**
 * Runs an act that must not run twice at a time: while one runs, further calls do
 * nothing. A state alone would let a second click through before the next render.
 */
export function useOnce<A extends unknown[]>(act: (...args: A) => Promise<void>): [run: (...args: A) => void, busy: boolean] {
  const running = useRef(false)
  const latest = useRef(act)
  latest.current = act
  const [busy, setBusy] = useState(false)
  const run = useCallback((...args: A) => {
    if (running.current) return
    running.current = true
    setBusy(true)
    void latest.current(...args).finally(() => {
      running.current = false
      setBusy(false)
    })
  }, [])
  return [run, busy]
}
