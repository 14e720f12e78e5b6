import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { render } from '@testing-library/react'
import { App, ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { MemoryRouter } from 'react-router-dom'
import { type Speech, speech, SpeechProvider } from '../src/kit/words'

/** Draws a part of a page with what stands around every page. */
export function draw(content: ReactNode, words: Speech = speech.zh) {
  return render(
    <SpeechProvider value={words}>
      <ConfigProvider button={{ autoInsertSpace: false }} theme={{ token: { motion: false } }}>
        <App>
          <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
            <MemoryRouter>{content}</MemoryRouter>
          </QueryClientProvider>
        </App>
      </ConfigProvider>
    </SpeechProvider>,
  )
}

/** Waits until windows take decisions: half a second after they appear. */
export const awake = () => new Promise((resolve) => setTimeout(resolve, 600))
