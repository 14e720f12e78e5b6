import { type ReactNode, useEffect, useState } from 'react'
import { createPortal } from 'react-dom'

/**
 * Prints a sheet instead of the screen: the sheet to be placed in the page, and
 * the call that prints it.
 */
export function usePrint(content: ReactNode): [sheet: ReactNode, print: () => void] {
  const [printing, setPrinting] = useState(false)
  useEffect(() => {
    if (!printing) return
    const done = () => setPrinting(false)
    document.body.classList.add('printing')
    window.addEventListener('afterprint', done)
    window.print()
    return () => {
      document.body.classList.remove('printing')
      window.removeEventListener('afterprint', done)
    }
  }, [printing])
  const sheet = printing ? createPortal(<div className="sheet">{content}</div>, document.body) : null
  return [sheet, () => setPrinting(true)]
}
