import { useEffect, useState } from 'react'

const milliseconds = 500

/**
 * True for half a second after the component appears, and again whenever `anew`
 * changes: an Enter typed ahead, or a click meant for what was there before, must
 * not decide.
 */
export function useInert(anew?: unknown): boolean {
  const [inert, setInert] = useState(true)
  useEffect(() => {
    setInert(true)
    const timer = setTimeout(() => setInert(false), milliseconds)
    return () => clearTimeout(timer)
  }, [anew])
  return inert
}
