import { useEffect, useState } from 'react'
import { call } from '../../api/calls'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import { backTo, originOf, type Request } from './request'

/**
 * Makes the call of a page that came here itself, and returns the address to go
 * back to when it is answered.
 */
export function useRedirect(request: Request | undefined, window_: string): string | undefined {
  const [back, setBack] = useState<string>()
  useEffect(() => {
    if (!request) return
    let here = true
    void answerTo(request, window_).then((address) => here && setBack(address))
    return () => { here = false }
  }, [request, window_])
  useEffect(() => {
    if (back) location.replace(back)
  }, [back])
  return back
}

async function answerTo(request: Request, window_: string): Promise<string> {
  const origin = originOf(request.return_url)
  const got = await call({ origin, method: request.method, params: request.params, window: window_ })
  if (!request.deliver_url) return backTo(request, got)
  try {
    await answer(agent.POST('/v1/windows/deliver', { body: { origin, url: request.deliver_url, body: { state: request.state, ...got } } }))
    return backTo(request, { delivered: true })
  } catch (cause) {
    // Nothing is delivered for a site that was refused: the page is told the refusal.
    return backTo(request, 'error' in got ? got : { error: failure(cause).problem })
  }
}
