import { type ReactNode, StrictMode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { loadCodes } from '../i18n/problem'
import './base.css'
import { Fence } from './Fence'
import { useLook, useWear } from './look'
import { speech, SpeechProvider } from './words'

type Title = 'app.name' | 'demo.pageTitle' | 'confirm.pageTitle' | 'transport.windowTitle' | 'transport.redirectTitle'

/** Shows a page in the element #root, with its language and look. */
export function show(title: Title, content: ReactNode): void {
  const root = document.getElementById('root')
  if (root) createRoot(root).render(<StrictMode><Page title={title}>{content}</Page></StrictMode>)
  // Later, what the agent could not say when it is gone.
  setTimeout(() => void loadCodes(), 1500)
}

/** Everything around a page. */
export function Page({ title, children }: { title: Title; children: ReactNode }) {
  const look = useLook()
  const words = speech[look.language]
  useWear(look)
  useEffect(() => {
    document.documentElement.lang = look.language === 'zh' ? 'zh-CN' : 'en'
    document.title = words.say(title)
  }, [look.language, words, title])
  return <SpeechProvider value={words}><Fence>{children}</Fence></SpeechProvider>
}
