import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, test, vi } from 'vitest'
import type { Question, WindowProgress } from '../src/api/types'
import { Asking } from '../src/features/confirm/Asking'
import { loadCodes } from '../src/i18n/problem'
import { personKey, standIn } from './agent'
import { awake, draw } from './render'

const person = personKey()
const question: Question = {
  id: 'w'.repeat(32), operation: 'o'.repeat(32), kind: 'act', origin: 'http://case.example.cn', secure: false, ask_origin: false, purpose: 'sign', action: '批准',
  documents: Array.from({ length: 12 }, (_, i) => ({ title: `建议书 ${i + 1}`, type: 'ofd' as const, digest: `${i % 10}b`.repeat(32), only_hash: false, signature: false })),
  keys: [person], selected: person.id, need_pin: true, deadline: '2030-01-01T00:00:00Z',
}

function progress(change: Partial<WindowProgress>): WindowProgress {
  return {
    operation: 'p'.repeat(32), done: 0, total: 10, origin: 'http://case.example.cn', action: '批准', left_out: 2, index: 0, title: '建议书 1', state: 'signing',
    until: '2030-01-01T00:10:00Z', ...change,
  }
}

// The stream of events, which the tests speak on.
let listeners: Record<string, (e: { data: string }) => void> = {}
let source: { onopen?: () => void; onerror?: () => void } = {}
const tell = (event: string, data: unknown) => act(() => listeners[event]?.({ data: JSON.stringify(data) }))

const gone = vi.fn()

function ask(answer: (body: Record<string, unknown>) => { status?: number; body: unknown } = () => ({ body: { done: false } })) {
  const agent = standIn({
    'GET /v1/windows/\\w+': () => ({ body: question }),
    'POST /v1/windows/\\w+/answer': answer,
    'POST /v1/windows/\\w+/steer': () => ({ body: progress({}) }),
  })
  listeners = {}
  vi.stubGlobal('EventSource', class {
    declare onopen?: () => void
    declare onerror?: () => void
    constructor() { source = this }
    addEventListener(name: string, hear: (e: { data: string }) => void) { listeners[name] = hear }
    close() {}
  })
  draw(<Asking id={question.id} ended={gone} />)
  return agent
}

beforeEach(async () => {
  gone.mockClear()
  await loadCodes()
})

const button = (name: RegExp | string) => screen.getByRole<HTMLButtonElement>('button', { name })
const said = (agent: { calls: { name: string; body: Record<string, unknown> }[] }, part: string) => agent.calls.filter((c) => c.name.includes(part)).map((c) => c.body)

async function ready() {
  await screen.findByText('http://case.example.cn')
  fireEvent.change(screen.getByLabelText('PIN 码（密码）'), { target: { value: 'right-pin' } })
  await awake()
}

test('what is unticked is not asked for, and the button says how many are left', async () => {
  const agent = ask()
  await ready()
  expect(button('批准 12 份').disabled).toBe(false)
  for (const title of ['建议书 3', '建议书 8']) fireEvent.click(screen.getByRole('checkbox', { name: `签署 ${title}` }))
  expect(screen.getByText('已选 10 / 12 份')).toBeTruthy()
  fireEvent.click(button('批准 10 份'))
  await waitFor(() => expect(said(agent, '/answer')).toHaveLength(1))
  expect(said(agent, '/answer')[0]?.documents).toEqual([0, 1, 3, 4, 5, 6, 8, 9, 10, 11])
})

test('none chosen is no batch: at least one stays', async () => {
  const agent = ask()
  await ready()
  fireEvent.click(button('全不选'))
  expect(button('批准 0 份').disabled).toBe(true)
  fireEvent.submit(screen.getByLabelText('PIN 码（密码）').closest('form')!)
  expect(said(agent, '/answer')).toEqual([])
  expect(screen.getByText(/至少要留一份/)).toBeTruthy()
  fireEvent.click(button('全选'))
  expect(button('批准 12 份').disabled).toBe(false)
})

test('a wrong PIN keeps what was unticked', async () => {
  const agent = ask(() => ({ status: 403, body: { type: '', title: '', status: 403, code: 'pin.incorrect', args: { left: 6 } } }))
  await ready()
  fireEvent.click(screen.getByRole('checkbox', { name: '签署 建议书 1' }))
  fireEvent.click(button('批准 11 份'))
  await screen.findByText('PIN 不正确，还可尝试 6 次')
  expect(screen.getByRole<HTMLInputElement>('checkbox', { name: '签署 建议书 1' }).checked).toBe(false)
  expect(said(agent, '/answer')[0]?.documents).toHaveLength(11)
})

test('the window stays, shows the progress, pauses, goes on and stops', async () => {
  const agent = ask()
  await ready()
  fireEvent.click(button('批准 12 份'))
  await waitFor(() => expect(screen.queryByText('批准 12 份')).toBeNull())
  tell('progress', progress({ done: 3, index: 4, title: '建议书 5' }))
  const bar = screen.getByRole<HTMLProgressElement>('progressbar')
  expect([bar.value, bar.max]).toEqual([3, 10])
  for (const words of ['已完成 3 / 10 份', '建议书 5', '您去掉了 2 份']) expect(screen.getByText(words)).toBeTruthy()
  fireEvent.click(button('暂停')) // the Enter of the PIN must not pause
  await awake()
  fireEvent.click(button('暂停'))
  await waitFor(() => expect(said(agent, '/steer')).toEqual([{ do: 'pause' }]))
  tell('progress', progress({ done: 3, index: 4, title: '建议书 5', state: 'pausing' }))
  expect(screen.getByRole('heading', { name: '签完这一份就暂停……' })).toBeTruthy()
  tell('progress', progress({ done: 4, index: 5, title: '建议书 6', state: 'paused' }))
  expect(screen.getByRole('heading', { name: '已暂停批准' })).toBeTruthy()
  fireEvent.click(button('继续'))
  await waitFor(() => expect(said(agent, '/steer')).toHaveLength(2))
  fireEvent.click(button('停止'))
  await waitFor(() => expect(said(agent, '/steer').map((b) => b.do)).toEqual(['pause', 'resume', 'stop']))
  tell('progress', progress({ done: 4, state: 'stopping' }))
  expect(button('停止').disabled).toBe(true)
})

test('a batch that was stopped says where and why, and waits to be read', async () => {
  ask()
  await ready()
  tell('progress', progress({ done: 4, index: 6, title: '建议书 7', state: 'ended', stopped: { index: 6, reason: { code: 'operation.stopped', title: '' } } }))
  for (const words of [/已批准 4 \/ 10 份/, '建议书 7', '第 7 份', '6 份', '已停止，后面的文件没有签署']) expect(screen.getByText(words)).toBeTruthy()
  expect(screen.queryByText(/自动关闭/)).toBeNull()
  await awake()
  expect(gone).not.toHaveBeenCalled()
  fireEvent.click(button(/关闭/))
  expect(gone).toHaveBeenCalledWith({ kind: 'done', seen: true })
})

test('a batch that went well closes by a key, and by itself', async () => {
  ask()
  await ready()
  tell('progress', progress({ done: 10, state: 'ended' }))
  expect(screen.getByRole('heading', { name: '批准完成，共 10 份' })).toBeTruthy()
  fireEvent.keyDown(window, { key: 'Escape' }) // too early: it was meant for the question
  expect(gone).not.toHaveBeenCalled()
  await waitFor(() => expect(gone).toHaveBeenCalledWith({ kind: 'done', seen: true }), { timeout: 7000 })
})

test('a batch whose agent was restarted says so, and stays to be read', async () => {
  ask()
  await ready()
  tell('progress', progress({ done: 4, index: 5 }))
  tell('closed', { reason: { code: 'agent.restarted', title: '' } })
  expect(screen.getByRole('heading', { name: '数字证书管理工具重新启动过，这里的操作中断了' })).toBeTruthy()
  expect(screen.getByText(/先在业务系统中查看哪些已经办好/)).toBeTruthy()
  expect(screen.queryByRole('progressbar')).toBeNull()
  await awake()
  expect(gone).not.toHaveBeenCalled()
})

test('a batch that has ended stays so when the agent is restarted', async () => {
  ask()
  await ready()
  tell('progress', progress({ done: 4, index: 6, state: 'ended', stopped: { index: 6, reason: { code: 'operation.stopped', title: '' } } }))
  tell('closed', { reason: { code: 'agent.restarted', title: '' } })
  expect(screen.getByText(/已批准 4 \/ 10 份/)).toBeTruthy()
})

test('an agent that is gone for ten seconds ends its batch here, until it is heard again', async () => {
  ask()
  await ready()
  tell('progress', progress({ done: 4, index: 5 }))
  act(() => source.onerror?.())
  await waitFor(() => expect(screen.getByRole('heading', { name: /重新启动过/ })).toBeTruthy(), { timeout: 12_000 })
  act(() => source.onopen?.())
  tell('progress', progress({ done: 5, index: 6 }))
  expect(screen.getByRole<HTMLProgressElement>('progressbar').value).toBe(5)
}, 20_000)
