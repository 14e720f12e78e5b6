import { newOperation } from '../api/client'
import { Asking } from '../features/confirm/Asking'
import { converse, useOpener } from '../features/window/opener'
import { Waiting } from '../features/window/Waiting'
import { show } from '../kit/Page'

// A window that a business page opened: its calls come through here, and what
// they ask the person is asked here. The first call goes out before a page is drawn.
const id = newOperation()
const conversation = converse(id)

function Conversing() {
  const { origin, over } = useOpener(conversation)
  if (origin === null) return <Waiting origin={null} />
  return <Asking id={id} idle={<Waiting origin={origin} />} progress={conversation.progress} over={over} />
}

show('transport.windowTitle', <Conversing />)
