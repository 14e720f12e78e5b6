import { XinzhangError } from '@xinzhang/sdk'
import { Notice } from '../../kit/Notice'
import { useLanguage, useSay } from '../../kit/words'

/** What a business page shows of a failure: the three lines of the SDK as they are, and the code. */
export function Refusal({ error, close }: { error: unknown; close?: () => void }) {
  const say = useSay()
  const language = useLanguage()
  if (!error) return null
  const { title, cause, next } = error instanceof XinzhangError ? error.text(language) : { title: String(error), cause: '', next: '' }
  return (
    <Notice tone="error" title={title} close={close}>
      {cause && <p>{say('app.cause')}{cause}</p>}
      {next && <p><strong>{say('app.next')}{next}</strong></p>}
      {error instanceof XinzhangError && <code className="small muted">{error.code}</code>}
    </Notice>
  )
}
