import type { Problem } from '../api/types'
import { CopyButton } from './CopyButton'
import { Notice } from './Notice'
import { useTell } from './useTell'
import { useSay } from './words'

/** What went wrong, why, and what to do now; the code in small at the end. */
export function ProblemView({ problem }: { problem: Problem }) {
  const say = useSay()
  const told = useTell()(problem)
  return (
    <Notice tone="error" title={told.title}>
      {told.cause && <p>{say('app.cause')}{told.cause}</p>}
      {told.next && <p><strong>{say('app.next')}{told.next}</strong></p>}
      <div className="row small muted">
        <code>{problem.code}</code>
        <CopyButton text={`${problem.code}\n${told.title}\n${told.cause}\n${told.next}`}>{say('app.copyDetails')}</CopyButton>
      </div>
    </Notice>
  )
}
