import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, test } from 'vitest'
import type { Choice, Question } from '../src/api/types'
import { Asking } from '../src/features/confirm/Asking'
import { personKey, standIn } from './agent'
import { awake, draw } from './render'

const person: Choice = personKey()
const seal: Choice = { ...personKey({ id: '2'.repeat(64), kind: 'organisation', holder: '示例监狱' }), suited: false, reason: { code: 'cert.role_unfit', title: '' } }

function question(change: Partial<Question> = {}): Question {
  return {
    id: 'w'.repeat(32), operation: 'o'.repeat(32), kind: 'act', origin: 'http://case.example.cn', secure: false, ask_origin: false, purpose: 'sign', action: '批准',
    documents: [{ title: '减刑建议书', type: 'ofd', digest: 'ab'.repeat(32), only_hash: false, signature: false }],
    keys: [person, seal], selected: person.id, need_pin: true, deadline: '2030-01-01T00:00:00Z', ...change,
  }
}

function ask(q: Question, answer: (body: Record<string, unknown>) => { status?: number; body: unknown } = () => ({ body: { done: true } })) {
  const agent = standIn({ 'GET /v1/windows/\\w+': () => ({ body: q }), 'POST /v1/windows/\\w+/answer': answer })
  draw(<Asking id={q.id} />)
  return agent
}

const approve = () => screen.getByRole<HTMLButtonElement>('button', { name: /确认并批准$/ })
const type = (value: string) => fireEvent.change(screen.getByLabelText('PIN 码（密码）'), { target: { value } })

test('R33, R34: origin, document, digest and signer are shown; the PIN approves, once', async () => {
  const agent = ask(question())
  await screen.findByText('http://case.example.cn')
  for (const words of ['减刑建议书', '测试用户甲']) expect(screen.getByText(words)).toBeTruthy()
  expect(screen.getByText(/非加密连接/)).toBeTruthy()
  type('right-pin')
  await awake()
  const approving = approve()
  for (let i = 0; i < 3; i++) fireEvent.click(approving)
  await screen.findByText('已完成')
  expect(agent.count('/answer')).toBe(1)
  expect(agent.calls.find((c) => c.name.includes('/answer'))?.body).toEqual({ approve: true, key: person.id, pin: 'right-pin', remember: false, operation: 'o'.repeat(32) })
})

test('a wrong PIN keeps the window, Esc refuses', async () => {
  const agent = ask(question(), (body) => (body.approve
    ? { status: 403, body: { type: '', title: '', status: 403, code: 'pin.incorrect', args: { left: 6 } } }
    : { body: { done: true } }))
  await screen.findByText('http://case.example.cn')
  type('wrong-pin')
  await awake()
  fireEvent.click(approve())
  await screen.findByText('PIN 不正确，还可尝试 6 次')
  expect(screen.getByLabelText<HTMLInputElement>('PIN 码（密码）').value).toBe('')
  fireEvent.keyDown(window, { key: 'Escape' })
  await screen.findByText('已拒绝')
  expect(agent.calls.filter((c) => c.name.includes('/answer')).map((c) => c.body.approve)).toEqual([true, false])
})

test('R35: of several that fit none is chosen, what does not fit says why', async () => {
  ask(question({ keys: [person, { ...person, id: '3'.repeat(64), holder: '测试用户乙' }, seal], selected: undefined }))
  await screen.findByText('请选择要用的 UKey')
  expect(screen.queryByLabelText('PIN 码（密码）')).toBeNull()
  const radios = screen.getAllByRole<HTMLInputElement>('radio')
  expect(radios.map((r) => [r.checked, r.disabled])).toEqual([[false, false], [false, false], [false, true]])
  expect(screen.getByText(/不能用/)).toBeTruthy()
  fireEvent.click(radios[1]!)
  await screen.findByLabelText('PIN 码（密码）')
  expect(screen.getByText('测试用户乙')).toBeTruthy()
})

test('a digest alone is marked and needs a tick', async () => {
  ask(question({ documents: [{ title: '?', type: 'data', digest: 'ab'.repeat(32), only_hash: true, signature: false }] }))
  await screen.findByText('业务系统没有给出原文，无法显示所签的内容')
  type('right-pin')
  await awake()
  expect(approve().disabled).toBe(true)
  fireEvent.click(screen.getByLabelText('我知道自己签的是什么，仍要继续'))
  expect(approve().disabled).toBe(false)
})

test('a new site is asked about first, and the consent travels with the answer', async () => {
  const agent = ask(question({ ask_origin: true }))
  await screen.findByText('允许这个网站使用您的 UKey 吗？')
  await awake()
  fireEvent.click(screen.getByRole('button', { name: '允许并继续' }))
  await screen.findByLabelText('PIN 码（密码）')
  expect(agent.count('/answer')).toBe(0)
  type('right-pin')
  await awake()
  fireEvent.click(approve())
  await screen.findByText('已完成')
  expect(agent.calls.find((c) => c.name.includes('/answer'))?.body.remember).toBe(true)
})

test('at three tries left a page gets no PIN entry', async () => {
  ask(question({ keys: [{ ...person, tries: { left: 3, max: 10, known: true, first: false } }] }))
  await screen.findByText('只剩 3 次，这里不再接受密码')
  expect(screen.queryByLabelText('PIN 码（密码）')).toBeNull()
  await awake()
  expect(approve().disabled).toBe(true)
})

test('Enter on anything but the PIN box approves nothing', async () => {
  const agent = ask(question())
  await screen.findByText('http://case.example.cn')
  type('right-pin')
  await awake()
  fireEvent.keyDown(document.body, { key: 'Enter' })
  expect(agent.count('/answer')).toBe(0)
  fireEvent.submit(screen.getByLabelText('PIN 码（密码）').closest('form')!)
  await waitFor(() => expect(agent.count('/answer')).toBe(1))
})
