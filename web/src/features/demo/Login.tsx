import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Descriptions } from 'antd'
import { useState } from 'react'
import { Button } from '../../kit/Button'
import { useOnce } from '../../kit/useOnce'
import { useSay } from '../../kit/words'
import type { Hint } from './backend'
import styles from './Demo.module.css'
import { Refusal } from './Refusal'
import { useBackend } from './useBackend'
import { useClient } from './useClient'

/** Logging in with a person's UKey; the identity is compared here, before anything is signed. */
export function Login({ hints }: { hints: readonly Hint[] }) {
  const say = useSay()
  const server = useBackend()
  const queries = useQueryClient()
  const client = useClient()
  const [error, setError] = useState<unknown>()
  const [logIn, busy] = useOnce(async () => {
    setError(undefined)
    try {
      const { nonce } = await server.nonce()
      const token = await client.login({ nonce, system: say('demo.pageTitle') })
      await server.login(nonce, token)
      await queries.invalidateQueries()
    } catch (e) {
      setError(e)
    }
  })
  return (
    <div className={styles.login}>
      <section className="panel stack">
        <h2>{say('demo.loginTitle')}</h2>
        <p>{say('demo.loginText')}</p>
        <Button look="primary" size="large" block busy={busy} onClick={logIn}>{busy ? say('demo.waiting') : say('demo.login')}</Button>
        <Tool client={client} />
        <Refusal error={error} close={() => setError(undefined)} />
      </section>
      {hints.length > 0 && (
        <section className="panel stack">
          <h2>{say('demo.hintTitle')}</h2>
          <p className="muted">{say('demo.hintText')}</p>
          <Descriptions column={1} size="small" bordered items={hints.map((h) => ({ key: h.holder, label: h.holder, children: <span className="number">{h.pin}</span> }))} />
        </section>
      )}
    </div>
  )
}

/** Whether the certificate tool is there, and where the driver is to be had (R26). */
function Tool({ client }: { client: ReturnType<typeof useClient> }) {
  const say = useSay()
  const found = useQuery({ queryKey: ['agent', client], queryFn: () => client.connect() })
  if (found.isPending) return <p className="muted small">{say('demo.toolSearching')}</p>
  if (found.data?.why) return <p className="warn small" role="status">{found.data.why.title} {say('demo.toolWindow')}</p>
  if (found.data) return <p className="good small" role="status">✓ {say('demo.toolFound', { version: found.data.hello?.version ?? '' })}</p>
  return (
    <>
      <Refusal error={found.error} />
      <Button onClick={() => void found.refetch()}>{say('demo.retry')}</Button>
    </>
  )
}
