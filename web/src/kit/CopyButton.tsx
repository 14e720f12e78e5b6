import { useEffect, useState } from 'react'
import { Button } from './Button'
import { useSay } from './words'

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, children }: { text: string; children: string }) {
  const say = useSay()
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <>
      <Button look="link" size="small" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>{children}</Button>
      <span role="status" className="small good">{copied && `✓ ${say('app.copied')}`}</span>
    </>
  )
}
