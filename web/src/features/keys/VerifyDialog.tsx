import { useState } from 'react'
import { agent, answer } from '../../api/client'
import type { ManagedKey, Tries } from '../../api/types'
import { PinInput } from '../../kit/PinInput'
import { Result } from '../../kit/Result'
import { useSay } from '../../kit/words'
import { PinDialog } from './PinDialog'

/** 证书验证: is the PIN right, how many tries are left, is it locked. */
export function VerifyDialog({ of: key, close }: { of: ManagedKey; close: () => void }) {
  const say = useSay()
  const [pin, setPin] = useState('')
  const [verified, setVerified] = useState<Tries>()
  return (
    <PinDialog
      of={key}
      title={say('pin.verifyTitle')}
      intro={say('pin.verifyIntro')}
      act={say('pin.verifyStart')}
      ready={pin !== ''}
      clear={() => setPin('')}
      close={close}
      send={async (operation, last) => {
        const got = await answer(agent.POST('/v1/manager/keys/{id}/verify-pin', { params: { path: { id: key.id } }, body: { operation, pin, last } }))
        setVerified(got.tries)
      }}
      done={verified && (
        <Result tone="success" title={say('pin.verifyOk')} text={verified.known ? say('pin.verifyOkText', verified) : say('pin.verifyOkPlain')} />
      )}
    >
      <PinInput label={say('pin.label')} value={pin} onChange={setPin} autoFocus={key.tries.left !== 1} />
    </PinDialog>
  )
}
