import { Client } from '@xinzhang/sdk'
import { useEffect, useMemo, useState } from 'react'
import { useLanguage } from '../../kit/words'

/** The certificate tool of this computer, in the language of the page. */
export function useClient(): Client {
  const language = useLanguage()
  const client = useMemo(() => new Client({ lang: language }), [language])
  useEffect(() => {
    // Found when the page loads, so that a click need not wait. That it is absent is
    // said when it is needed.
    client.connect().catch(() => {})
    return () => client.close()
  }, [client])
  return client
}

/** Counts the times that a UKey was plugged in or out. */
export function usePlugs(client: Client): number {
  const [plugs, setPlugs] = useState(0)
  useEffect(() => client.on('keys', () => setPlugs((n) => n + 1)), [client])
  return plugs
}
