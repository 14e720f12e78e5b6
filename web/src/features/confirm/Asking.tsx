import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Spin } from 'antd'
import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { agent, answer } from '../../api/client'
import { useEvents } from '../../api/events'
import { failure } from '../../api/failure'
import type { Reason, WindowProgress } from '../../api/types'
import { useSay } from '../../kit/words'
import { ActView } from './ActView'
import { BatchEnd } from './BatchEnd'
import { BatchView } from './BatchView'
import { Consent } from './Consent'
import { Ended, type End } from './Ended'

interface Props {
  /** The window: a question of its own, or those of the calls that name it. */
  id: string
  /** What to show while nothing is asked. */
  idle?: ReactNode
  /** The window has nothing more to ask. */
  ended?: (end: End) => void
  /** Told whenever this window listens: only then may a call be made that asks here. */
  listening?: () => void
  /** A batch is told of as it advances. */
  progress?: (now: WindowProgress) => void
  /** Nobody will ask here any more: the window closes as soon as the person has seen how a batch ended. */
  over?: boolean
}

/**
 * Asks the person what the agent wants to know: may this site, which key, may it
 * sign, with which PIN. Everything shown comes from the agent's Question; nothing
 * from the page that asks.
 */
export function Asking({ id, idle, ended, listening, progress, over }: Props) {
  const say = useSay()
  const queries = useQueryClient()
  const [end, setEnd] = useState<End>()
  const [consented, setConsented] = useState<{ asking: string; remember: boolean }>()
  const [batch, setBatch] = useState<WindowProgress | 'begins'>()
  const queryKey = ['question', id]
  // A first request that is underway would be waited for instead of asked anew, and
  // its "nothing is asked" would be the answer to a question that has come since.
  const again = async () => {
    await queries.cancelQueries({ queryKey })
    await queries.invalidateQueries({ queryKey })
  }
  const question = useQuery({
    queryKey,
    queryFn: () => answer(agent.GET('/v1/windows/{id}', { params: { path: { id } } })),
    enabled: !end,
  })
  useEvents(
    `/v1/windows/${id}/events`,
    {
      question: () => { setEnd(undefined); setBatch(undefined); void again() },
      progress: (data) => { setBatch(data as WindowProgress); progress?.(data as WindowProgress) },
      keys: () => void again(),
      tries: () => void again(),
      closed: (data) => finish({ kind: 'closed', reason: (data as { reason?: Reason } | undefined)?.reason }),
    },
    () => { listening?.(); void again() },
  )
  useEffect(() => {
    if (end) ended?.(end)
  }, [end, ended])
  // The agent closes the window as soon as it has the answer, often before this page
  // hears that its answer was taken: what the person did counts more than that.
  const finish = (now: End) => setEnd((before) => (before && before.kind !== 'closed' ? before : now))
  const leave = useCallback(() => {
    setBatch(undefined)
    setEnd({ kind: 'done', seen: true })
  }, [])
  useEffect(() => {
    if (over && !batch) window.close()
  }, [over, batch])
  const wait = <Spin aria-label={say('app.loading')} style={{ display: 'block', marginTop: 96 }} />
  if (batch === 'begins') return wait
  if (batch) return batch.state === 'ended' ? <BatchEnd of={batch} leave={leave} /> : <BatchView of={batch} id={id} />
  if (end) return idle && end.kind === 'closed' ? idle : <Ended end={end} />
  if (question.isPending) return wait
  if (!question.data) return idle ?? <Ended end={{ kind: 'closed', problem: failure(question.error).problem }} />
  const asked = question.data
  // A wrong PIN brings a new operation for the same question: what the person was
  // told, and the consent, stay.
  const asking = [asked.kind, asked.origin, asked.deadline, ...asked.documents.map((d) => d.digest)].join()
  const mine = consented?.asking === asking ? consented : undefined
  if (asked.kind === 'allow' || (asked.ask_origin && !mine)) {
    return (
      <Consent
        key={asking}
        of={asked}
        refused={() => finish({ kind: 'refused' })}
        allowed={() => finish({ kind: 'done' })}
        next={(remember) => setConsented({ asking, remember })}
      />
    )
  }
  return (
    <ActView
      key={asking}
      of={asked}
      remember={mine?.remember ?? false}
      again={again}
      refused={() => finish({ kind: 'refused' })}
      done={(over) => (over ? finish({ kind: 'done' }) : setBatch((before) => before ?? 'begins'))}
    />
  )
}
