import { legacyLogicalPropertiesTransformer, StyleProvider } from '@ant-design/cssinjs'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import { type ReactNode, StrictMode, useEffect, useState, useSyncExternalStore } from 'react'
import { createRoot } from 'react-dom/client'
import './base.css'
import { Fence } from './Fence'
import { nonce } from './nonce'
import { spoken, usePreferences } from './preferences'
import { look } from './theme'
import { speech, SpeechProvider } from './words'

type Title = 'app.name' | 'demo.pageTitle' | 'confirm.pageTitle' | 'transport.windowTitle' | 'transport.redirectTitle'

/** Shows a page in the element #root, with its language, look, and queries. */
export function show(title: Title, content: ReactNode): void {
  const root = document.getElementById('root')
  if (root) createRoot(root).render(<StrictMode><Page title={title}>{content}</Page></StrictMode>)
}

/** Everything around a page. */
export function Page({ title, children }: { title: Title; children: ReactNode }) {
  const preferences = usePreferences()
  const { theme, large } = preferences
  const language = spoken(preferences)
  const system = useSystemDark()
  const dark = theme === 'dark' || (theme === 'system' && system)
  const words = speech[language]
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } }))
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    document.title = words.say(title)
    dayjs.locale(language === 'zh' ? 'zh-cn' : 'en')
  }, [language, words, title])
  useEffect(() => {
    document.body.className = dark ? 'xz-dark' : 'xz-light'
  }, [dark])
  return (
    <SpeechProvider value={words}>
      <StyleProvider hashPriority="high" transformers={[legacyLogicalPropertiesTransformer]}>
        <ConfigProvider
          locale={language === 'zh' ? zh : en}
          theme={look(dark, large, language)}
          csp={{ nonce }}
          button={{ autoInsertSpace: false }}
          renderEmpty={() => null}
        >
          <App component={false}>
            <QueryClientProvider client={queries}>
              <Fence>{children}</Fence>
            </QueryClientProvider>
          </App>
        </ConfigProvider>
      </StyleProvider>
    </SpeechProvider>
  )
}

const darkness = matchMedia('(prefers-color-scheme: dark)')

function useSystemDark(): boolean {
  return useSyncExternalStore(
    (changed) => {
      darkness.addEventListener('change', changed)
      return () => darkness.removeEventListener('change', changed)
    },
    () => darkness.matches,
  )
}
