import type { Client } from '@xinzhang/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { acts } from '../../i18n/named'
import { useOnce } from '../../kit/useOnce'
import { useSay } from '../../kit/words'
import type { Act, CaseDocument } from './backend'
import { useBackend } from './useBackend'

export type Step = 'certificate' | 'prepare' | 'confirm' | 'complete'

/**
 * One signature from click to document: whose key, what it has to sign, the
 * person's yes and PIN in the agent's window, the value into the document. done is
 * told the page on which the signature stands.
 */
export function useSigning(client: Client, d: CaseDocument, done: (page: number) => void) {
  const say = useSay()
  const server = useBackend()
  const queries = useQueryClient()
  const [step, setStep] = useState<Step>()
  const [error, setError] = useState<unknown>()
  const [run, busy] = useOnce(async (act: Act) => {
    setError(undefined)
    try {
      setStep('certificate')
      const { certificate, key } = await client.certificate({ purpose: act.purpose })
      setStep('prepare')
      const p = await server.prepare(d.id, act.act, certificate)
      setStep('confirm')
      const document = { title: p.title, type: 'ofd', pages: d.pages, page: p.page, size: p.size, picture: p.picture, to_sign: p.to_sign } as const
      const params = { action: say(acts[act.act]), key: key.id, document }
      const signed = await (act.purpose === 'seal' ? client.seal(params) : client.sign(params))
      setStep('complete')
      await server.complete(d.id, p.pending, signed.value)
      await queries.invalidateQueries({ queryKey: ['documents'] })
      done(p.page)
    } catch (e) {
      setError(e)
      await queries.invalidateQueries({ queryKey: ['documents'] })
    } finally {
      setStep(undefined)
    }
  })
  return { run, busy, step, error, forget: () => setError(undefined) }
}
