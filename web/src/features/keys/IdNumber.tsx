import { App, Tooltip } from 'antd'
import { useState } from 'react'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { ManagedKey } from '../../api/types'
import { Button } from '../../kit/Button'
import { useOnce } from '../../kit/useOnce'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'

/** The ID number: masked until asked for, and then whole, in one piece. */
export function IdNumber({ of: key, compare }: { of: ManagedKey; compare: () => void }) {
  const say = useSay()
  const tell = useTell()
  const { message } = App.useApp()
  const [whole, setWhole] = useState<string>()
  const [reveal, busy] = useOnce(async () => {
    try {
      const got = await answer(agent.POST('/v1/manager/keys/{id}/id-number', { params: { path: { id: key.id } } }))
      setWhole(got.id_number)
    } catch (cause) {
      void message.error(tell(failure(cause).problem).title)
    }
  })
  return (
    <div className="row">
      <span className="number" data-testid="id-number">{whole ?? key.id_number_masked}</span>
      {whole
        ? <Button size="small" onClick={() => setWhole(undefined)}>{say('keys.hide')}</Button>
        : <Tooltip title={say('keys.revealNoted')}><Button size="small" busy={busy} onClick={reveal}>{say('keys.reveal')}</Button></Tooltip>}
      <Button size="small" onClick={compare}>{say('keys.compare')}</Button>
    </div>
  )
}
