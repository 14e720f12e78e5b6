import { useState } from 'react'
import { newOperation } from '../api/client'
import { Asking } from '../features/confirm/Asking'
import { readRequest } from '../features/redirect/request'
import { Underway } from '../features/redirect/Underway'
import { useRedirect } from '../features/redirect/useRedirect'
import { show } from '../kit/Page'

// A business page came here itself, with its request in the fragment, and is
// gone back to with the answer.
function Detour() {
  const [id] = useState(newOperation)
  const [request] = useState(() => readRequest(location.hash))
  const back = useRedirect(request, id)
  const underway = <Underway request={request} back={back} />
  if (!request || back) return underway
  return <Asking id={id} idle={underway} />
}

show('transport.redirectTitle', <Detour />)
