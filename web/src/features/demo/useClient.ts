import { Client } from '@xinzhang/sdk'
import { useEffect, useMemo } from 'react'
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
