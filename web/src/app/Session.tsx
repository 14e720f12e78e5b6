import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { agent, answer } from '../api/client'
import { failure } from '../api/failure'
import { prefer } from '../kit/preferences'
import { ProblemView } from '../kit/ProblemView'
import { Result } from '../kit/Result'
import { Spinner } from '../kit/Spinner'
import { useSay } from '../kit/words'
import { takeTicket } from './ticket'

/**
 * Lets the manager in: by the one-time ticket of `xinzhang-agent open`, or by the
 * session that an earlier ticket opened in this browser.
 */
export function Session({ children }: { children: ReactNode }) {
  const say = useSay()
  const session = useQuery({ queryKey: ['session'], queryFn: begin, staleTime: Infinity })
  const settings = session.data
  useEffect(() => {
    if (settings) prefer({ language: settings.language, theme: settings.theme })
  }, [settings])
  if (session.isPending) return <Spinner alone />
  if (!session.error) return children
  const { problem } = failure(session.error)
  if (problem.status !== 401 && problem.status !== 403) return <main style={{ padding: 24 }}><h1>{say('app.name')}</h1><ProblemView problem={problem} /></main>
  return (
    <main>
      <Result tone="info" title={<h1>{say('app.sessionTitle')}</h1>} text={say('app.sessionText')}>
        <ol>
          <li>{say('app.sessionStep1')}</li>
          <li>{say('app.sessionStep2', { command: 'xinzhang-agent open' })}</li>
        </ol>
      </Result>
    </main>
  )
}

async function begin() {
  const ticket = takeTicket()
  if (ticket) return (await answer(agent.POST('/v1/manager/session', { body: { ticket } }))).settings
  return answer(agent.GET('/v1/manager/settings'))
}
