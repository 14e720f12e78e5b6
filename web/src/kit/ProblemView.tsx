import { Alert, Button } from 'antd'
import type { Problem } from '../api/types'
import { tell } from '../i18n/problem'
import { useCopy } from './useCopy'
import { useLanguage, useSay } from './words'

/** What went wrong, why, and what to do now; the code in small at the end. */
export function ProblemView({ problem, extra }: { problem: Problem; extra?: React.ReactNode }) {
  const say = useSay()
  const told = tell(problem, useLanguage())
  const copy = useCopy()
  const details = `${problem.code}\n${told.title}\n${told.cause}\n${told.next}`
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      title={told.title}
      description={
        <>
          {told.cause && <p>{say('app.cause')}{told.cause}</p>}
          {told.next && <p><strong>{say('app.next')}{told.next}</strong></p>}
          {extra}
          <div className="row small muted">
            <code>{problem.code}</code>
            <Button type="link" size="small" onClick={() => copy(details)}>{say('app.copyDetails')}</Button>
          </div>
        </>
      }
    />
  )
}
