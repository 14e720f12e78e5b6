import { type ReactNode, useCallback, useEffect, useState } from 'react'
import { useEvents } from '../../api/events'
import type { Reason, WindowProgress } from '../../api/types'
import { Spinner } from '../../kit/Spinner'
import { ActView } from './ActView'
import { BatchEnd } from './BatchEnd'
import { BatchView } from './BatchView'
import { Consent } from './Consent'
import { Ended, type End } from './Ended'
import { useQuestion } from './useQuestion'

/** How long an agent may be away during a batch, in seconds, before the batch counts as broken off. */
const patience = 10

interface Props {
  /** The window: a question of its own, or those of the calls that name it. */
  id: string
  /** What to show while nothing is asked: the window waits for calls that ask here. */
  idle?: ReactNode
  /** The window has nothing more to ask. */
  ended?: (end: End) => void
  /** A batch is told of as it advances. */
  progress?: (now: WindowProgress) => void
  /** Nobody will ask here any more: the window closes as soon as the person has seen how a batch ended. */
  over?: boolean
}

const underWay = (of: WindowProgress | 'begins' | undefined) => of !== undefined && (of === 'begins' || of.state !== 'ended')

/**
 * Asks the person what the agent wants to know: may this site, which key, may it
 * sign, with which PIN. Everything shown comes from the agent's Question; nothing
 * from the page that asks.
 */
export function Asking({ id, idle, ended, progress, over }: Props) {
  const [end, setEnd] = useState<End>()
  const [consented, setConsented] = useState<{ asking: string; remember: boolean }>()
  const [batch, setBatch] = useState<WindowProgress | 'begins'>()
  const { asked, again, forget } = useQuestion(id, idle !== undefined)
  // Where nothing is asked, nothing can have changed: the event of a question tells.
  const refresh = () => { if (asked.kind !== 'nothing' && !end) void again() }
  const up = useEvents(
    `/v1/windows/${id}/events`,
    {
      question: () => { setEnd(undefined); setBatch(undefined); void again() },
      progress: (data) => { setBatch(data as WindowProgress); progress?.(data as WindowProgress) },
      keys: refresh,
      tries: refresh,
      closed: (data) => breakOff((data as { reason?: Reason } | undefined)?.reason),
    },
    refresh,
  )
  const broke = end?.reason?.code === 'agent.restarted'
  useEffect(() => {
    if (end && !broke) ended?.(end) // what broke off has to be read
  }, [end, ended, broke])
  // The agent closes the window as soon as it has the answer, often before this page
  // hears that its answer was taken: what the person did counts more than that.
  const finish = (now: End) => {
    forget()
    setEnd((before) => (before && before.kind !== 'closed' ? before : now))
  }
  const breakOff = (reason?: Reason) => {
    setBatch((before) => (underWay(before) ? undefined : before)) // nothing more is told of it
    finish({ kind: 'closed', reason })
  }
  // An agent that has ended says nothing; the next run of it says so.
  const unheard = !up && underWay(batch)
  useEffect(() => {
    if (!unheard) return
    const timer = setTimeout(() => breakOff({ code: 'agent.restarted', title: '' }), 1000 * patience)
    return () => clearTimeout(timer)
  }, [unheard])
  const leave = useCallback(() => {
    forget()
    setBatch(undefined)
    setEnd({ kind: 'done', seen: true })
  }, [forget])
  useEffect(() => {
    if (over && !batch && !broke) window.close()
  }, [over, batch, broke])
  if (batch === 'begins') return <Spinner alone />
  if (batch) return batch.state === 'ended' ? <BatchEnd of={batch} leave={leave} /> : <BatchView of={batch} id={id} />
  if (end) return idle && end.kind === 'closed' && !broke ? idle : <Ended end={end} />
  if (asked.kind === 'unknown') return <Spinner alone />
  if (asked.kind === 'nothing') return idle ?? <Ended end={{ kind: 'closed', problem: asked.problem }} />
  const { question } = asked
  // A wrong PIN brings a new operation for the same question: what the person was
  // told, and the consent, stay.
  const asking = [question.kind, question.origin, question.deadline, ...question.documents.map((d) => d.digest)].join()
  const mine = consented?.asking === asking ? consented : undefined
  if (question.kind === 'allow' || (question.ask_origin && !mine)) {
    return (
      <Consent
        key={asking}
        of={question}
        refused={() => finish({ kind: 'refused' })}
        allowed={() => finish({ kind: 'done' })}
        next={(remember) => setConsented({ asking, remember })}
      />
    )
  }
  return (
    <ActView
      key={asking}
      of={question}
      remember={mine?.remember ?? false}
      again={again}
      refused={() => finish({ kind: 'refused' })}
      done={(over) => (over ? finish({ kind: 'done' }) : setBatch((before) => before ?? 'begins'))}
    />
  )
}
