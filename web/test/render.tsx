import { render } from '@testing-library/react'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router-dom'
import { Ant } from '../src/ant/Ant'
import { type Speech, speech, SpeechProvider } from '../src/kit/words'

/** Draws a part of a window, with the words that stand around every page. */
export function draw(content: ReactNode, words: Speech = speech.zh) {
  return render(<SpeechProvider value={words}>{content}</SpeechProvider>)
}

/** Draws a part of the manager, with what stands around all of it. */
export function drawManaged(content: ReactNode, words?: Speech) {
  return draw(<Ant><MemoryRouter>{content}</MemoryRouter></Ant>, words)
}

/** Waits until windows take decisions: half a second after they appear. */
export const awake = () => new Promise((resolve) => setTimeout(resolve, 600))
