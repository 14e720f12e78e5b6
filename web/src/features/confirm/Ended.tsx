import { Result } from 'antd'
import type { Problem, Reason } from '../../api/types'
import { tell } from '../../i18n/problem'
import { useLanguage, useSay } from '../../kit/words'

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
  const language = useLanguage()
  if (end.kind === 'done') return <Result status="success" title={<h1>{say('confirm.done')}</h1>} subTitle={say('confirm.doneText')} />
  if (end.kind === 'refused') return <Result status="info" title={<h1>{say('confirm.refused')}</h1>} subTitle={say('confirm.refusedText')} />
  const why = end.reason ?? (end.problem?.code === 'agent.not_running' ? end.problem : undefined)
  const told = why && tell(why, language)
  return (
    <Result
      status="info"
      title={<h1>{told ? told.title : say('confirm.closed')}</h1>}
      subTitle={told ? `${told.cause} ${told.next}` : say('confirm.closedText')}
    />
  )
}
