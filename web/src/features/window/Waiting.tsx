import { Later } from '../../kit/Later'
import { Result } from '../../kit/Result'
import { useSay } from '../../kit/words'

/** What stands in window.html while nothing is asked. */
export function Waiting({ origin }: { origin: string | null | undefined }) {
  const say = useSay()
  return (
    <main>
      {origin === null
        ? <Result tone="info" title={<h1>{say('transport.windowNoOpener')}</h1>} text={say('transport.windowNoOpenerText')} />
        : <Later><Result tone="waiting" title={<h1>{say('transport.windowWait')}</h1>} text={<span className="number">{origin}</span>} /></Later>}
    </main>
  )
}
