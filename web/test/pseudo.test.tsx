import { screen } from '@testing-library/react'
import { expect, test } from 'vitest'
import { HelpPage } from '../src/features/help/HelpPage'
import { KeysPage } from '../src/features/keys/KeysPage'
import { VerifyDialog } from '../src/features/keys/VerifyDialog'
import { SettingsPage } from '../src/features/settings/SettingsPage'
import { pseudo } from '../src/i18n/pseudo'
import { speak } from '../src/kit/words'
import { personKey, standIn } from './agent'
import { drawManaged } from './render'

// Words that come from a certificate, and names that are the same everywhere.
const data = /^(测试用户甲|示例监狱|信章示例 CA|CN=.*|[\d\s:/.,*+…·\-–✓✗!A-F]+|[·\s]*SN …?|a|V|M|E|Alt.*|Tab|Esc|S?HA-1|SM3|X?Z1)$/i

test('nothing on the screen bypasses the catalogue of words', async () => {
  standIn({
    'GET .*/manager/keys': () => ({ body: { keys: [personKey(), personKey({ id: '4'.repeat(64) })], devices: [] } }),
    'GET .*/settings': () => ({ body: { language: 'zh', theme: 'light', digest_only: 'ask' } }),
    'GET .*/health': () => ({ body: { product: 'xinzhang-agent', version: '1', api: 1, user_matches: true } }),
  })
  drawManaged(<><KeysPage /><SettingsPage /><HelpPage /><VerifyDialog of={personKey()} close={() => {}} /></>, speak('zh', pseudo))
  await screen.findAllByText('⟦证书验证⟧')
  await screen.findByText('⟦大字⟧')
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  const bare: string[] = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement?.closest('style, script')) continue
    const rest = (node.textContent ?? '').replace(/⟦[^⟧]*⟧/g, '').trim()
    if (rest && !data.test(rest)) bare.push(rest)
  }
  expect(bare).toEqual([])
})
