import { legacyLogicalPropertiesTransformer, StyleProvider } from '@ant-design/cssinjs'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { App, ConfigProvider } from 'antd'
import en from 'antd/locale/en_US'
import zh from 'antd/locale/zh_CN'
import { type ReactNode, useState } from 'react'
import { useLook } from '../kit/look'
import { nonce } from './nonce'
import { themed } from './theme'

/**
 * What stands around the pages that use Ant Design and queries: the manager and the
 * demo. Windows that a person waits for do without (test/plain.test.ts).
 */
export function Ant({ children }: { children: ReactNode }) {
  const look = useLook()
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: false, refetchOnWindowFocus: false } } }))
  return (
    <StyleProvider hashPriority="high" transformers={[legacyLogicalPropertiesTransformer]}>
      <ConfigProvider
        locale={look.language === 'zh' ? zh : en}
        theme={themed(look)}
        csp={{ nonce }}
        button={{ autoInsertSpace: false }}
        renderEmpty={() => null}
      >
        <App component={false}>
          <QueryClientProvider client={queries}>{children}</QueryClientProvider>
        </App>
      </ConfigProvider>
    </StyleProvider>
  )
}
