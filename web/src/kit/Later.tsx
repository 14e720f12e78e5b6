import { type ReactNode, useEffect, useState } from 'react'

const milliseconds = 300

/**
 * Shows that something is being waited for, when it is: what comes sooner is not
 * held up by drawing that it does not come.
 */
export function Later({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), milliseconds)
    return () => clearTimeout(timer)
  }, [])
  return late && children
}
