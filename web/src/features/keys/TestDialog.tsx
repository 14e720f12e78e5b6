import { useState } from 'react'
import { agent, answer } from '../../api/client'
import { Failure } from '../../api/failure'
import type { ManagedKey } from '../../api/types'
import { PinInput } from '../../kit/PinInput'
import { Result } from '../../kit/Result'
import { useSay } from '../../kit/words'
import { PinDialog } from './PinDialog'

/** 测试签名: does the key sign, and does the certificate verify what it signed? */
export function TestDialog({ of: key, close }: { of: ManagedKey; close: () => void }) {
  const say = useSay()
  const [pin, setPin] = useState('')
  const [good, setGood] = useState(false)
  return (
    <PinDialog
      of={key}
      title={say('pin.testTitle')}
      intro={say('pin.testIntro')}
      act={say('pin.testDo')}
      ready={pin !== ''}
      clear={() => setPin('')}
      close={close}
      send={async (operation, last) => {
        const got = await answer(agent.POST('/v1/manager/keys/{id}/test-signature', { params: { path: { id: key.id } }, body: { operation, pin, last } }))
        if (!got.valid) throw new Failure({ type: 'about:blank', title: '', status: 0, code: 'key.cert_mismatch' })
        setGood(true)
      }}
      done={good && <Result tone="success" title={say('pin.testOk')} text={say('pin.testOkText')} />}
    >
      <PinInput label={say('pin.label')} value={pin} onChange={setPin} autoFocus={key.tries.left !== 1} />
    </PinDialog>
  )
}
