import type { Problem, Reason } from '../../api/types'
import { Result } from '../../kit/Result'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'

/** How a window ended. */
export interface End {
  readonly kind: 'done' | 'refused' | 'closed'
  readonly reason?: Reason
  readonly problem?: Problem
  /** The person was shown how it ended already. */
  readonly seen?: boolean
}

/** What stands in a window that has nothing more to ask. */
export function Ended({ end }: { end: End }) {
  const say = useSay()
  const tell = useTell()
  if (end.kind === 'done') return <main><Result tone="success" title={<h1>{say('confirm.done')}</h1>} text={say('confirm.doneText')} /></main>
  if (end.kind === 'refused') return <main><Result tone="info" title={<h1>{say('confirm.refused')}</h1>} text={say('confirm.refusedText')} /></main>
  const why = end.reason ?? (end.problem?.code === 'agent.not_running' ? end.problem : undefined)
  const told = why && tell(why)
  return (
    <main>
      <Result
        tone="info"
        title={<h1>{told ? told.title : say('confirm.closed')}</h1>}
        text={told ? `${told.cause} ${told.next}` : say('confirm.closedText')}
      />
    </main>
  )
}
