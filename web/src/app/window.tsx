import { useState } from 'react'
import { newOperation } from '../api/client'
import { Asking } from '../features/confirm/Asking'
import { useOpener } from '../features/window/useOpener'
import { Waiting } from '../features/window/Waiting'
import { show } from '../kit/Page'

// A window that a business page opened: its calls come through here, and what
// they ask the person is asked here.
function Conversation() {
  const [id] = useState(newOperation)
  const [listening, setListening] = useState(false)
  const { origin, over, progress } = useOpener(id, listening)
  if (origin === null) return <Waiting origin={null} />
  return <Asking id={id} idle={<Waiting origin={origin} />} listening={() => setListening(true)} progress={progress} over={over} />
}

show('transport.windowTitle', <Conversation />)
