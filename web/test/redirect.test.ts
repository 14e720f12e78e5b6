import { expect, test } from 'vitest'
import { backTo, pack, readRequest } from '../src/features/redirect/request'

const good = { method: 'sign', params: { title: '减刑建议书' }, return_url: 'https://case.example.cn/back?x=1', state: 's1' }
const hash = (value: unknown) => `#request=${pack(JSON.stringify(value))}`

test('a request comes out of the address as it went in', () => {
  expect(readRequest(hash(good))).toEqual(good)
  const back = new URL(backTo(good as never, { result: { value: '值' } }))
  expect(back.origin + back.pathname + back.search).toBe('https://case.example.cn/back?x=1')
  expect(readRequest(back.hash.replace('#xinzhang=', '#request='))).toBeUndefined()
})

test('addresses that would run here, or bring the answer elsewhere, are refused', () => {
  const bad: unknown[] = [
    { ...good, return_url: 'javascript:alert(1)' },
    { ...good, return_url: 'data:text/html,x' },
    { ...good, return_url: '/relative' },
    { ...good, deliver_url: 'https://evil.example/' },
    { ...good, deliver_url: 'http://case.example.cn/' },
    { ...good, method: 7 },
    { ...good, state: undefined },
    null, [], 'text',
  ]
  for (const request of bad) expect(readRequest(hash(request)), JSON.stringify(request)).toBeUndefined()
  for (const address of ['', '#request=', '#request=!!', '#request=AAAA', '#other=x']) expect(readRequest(address), address).toBeUndefined()
})
