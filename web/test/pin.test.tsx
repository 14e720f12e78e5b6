import { fireEvent, screen, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { ChangeDialog } from '../src/features/keys/ChangeDialog'
import { VerifyDialog } from '../src/features/keys/VerifyDialog'
import { personKey, standIn } from './agent'
import { awake, drawManaged } from './render'

const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } })
const button = (name: string) => screen.getByRole<HTMLButtonElement>('button', { name: new RegExp(`${name}$`) })

const keys = () => ({ body: { keys: [personKey()], devices: [] } })

test('R37: three clicks on 修改密码 send one request, and success closes the form', async () => {
  const agent = standIn({ 'POST .*/change-pin': () => ({ body: { tries: personKey().tries } }), 'GET .*/keys': keys })
  const close = vi.fn()
  drawManaged(<ChangeDialog of={personKey()} close={close} />)
  type('旧密码', 'old-pin-1')
  type('新密码', 'new-pin-2')
  type('再输一次新密码', 'new-pin-2')
  await awake()
  for (let i = 0; i < 3; i++) fireEvent.submit(button('修改密码').closest('form')!)
  await waitFor(() => expect(close).toHaveBeenCalledOnce())
  expect(agent.count('/change-pin')).toBe(1)
  expect(await screen.findByText('密码修改成功')).toBeTruthy()
})

test('R36: what cannot be a new PIN is said before the UKey is touched', async () => {
  const agent = standIn({})
  drawManaged(<ChangeDialog of={personKey()} close={() => {}} />)
  await awake()
  const cases: [string, string, string][] = [
    ['12345', '12345', '新密码须为 6 至 16 位'],
    ['密码密码密码', '密码密码密码', '新密码只能用字母、数字和常用符号'],
    ['old-pin-1', 'old-pin-1', '新密码不能与旧密码相同'],
    ['345678', '345678', '新密码不能是连续或相同的字符'],
    ['888888', '888888', '新密码不能是连续或相同的字符'],
    ['new-pin-2', 'new-pin-3', '两次输入的新密码不同'],
  ]
  type('旧密码', 'old-pin-1')
  for (const [fresh, repeat, words] of cases) {
    type('新密码', fresh)
    type('再输一次新密码', repeat)
    expect(screen.getByText(words), fresh).toBeTruthy()
    expect(button('修改密码').disabled, fresh).toBe(true)
    fireEvent.submit(button('修改密码').closest('form')!)
  }
  expect(agent.calls).toHaveLength(0)
})

test('R40: a wrong PIN says how many tries are left, clears the box and sends nothing again', async () => {
  const operations: unknown[] = []
  const agent = standIn({
    'POST .*/verify-pin': (body) => {
      operations.push(body.operation)
      return { status: 403, body: { type: '', title: '', status: 403, code: 'pin.incorrect', args: { left: 6 } } }
    },
    'GET .*/keys': keys,
  })
  drawManaged(<VerifyDialog of={personKey()} close={() => {}} />)
  expect(screen.getByTestId('tries-left').textContent).toBe('7')
  type('PIN 码（密码）', 'wrong-pin')
  await awake()
  fireEvent.click(button('开始校验'))
  fireEvent.submit(button('开始校验').closest('form')!)
  await waitFor(() => expect(screen.getByText('PIN 不正确，还可尝试 6 次')).toBeTruthy())
  expect(agent.count('/verify-pin')).toBe(1)
  expect(screen.getByLabelText<HTMLInputElement>('PIN 码（密码）').value).toBe('')
  await waitFor(() => expect(button('开始校验').disabled).toBe(true))
  type('PIN 码（密码）', 'another-1')
  fireEvent.submit(button('开始校验').closest('form')!)
  await waitFor(() => expect(agent.count('/verify-pin')).toBe(2))
  expect(new Set(operations).size).toBe(2)
})

test('typed-ahead Enter does nothing in the first half second', async () => {
  const agent = standIn({ 'POST .*/verify-pin': () => ({ body: { tries: personKey().tries } }), 'GET .*/keys': keys })
  drawManaged(<VerifyDialog of={personKey()} close={() => {}} />)
  type('PIN 码（密码）', 'right-pin')
  fireEvent.submit(button('开始校验').closest('form')!)
  expect(agent.count('/verify-pin')).toBe(0)
  await awake()
  fireEvent.submit(button('开始校验').closest('form')!)
  await waitFor(() => expect(screen.getByText('密码正确')).toBeTruthy())
  expect(agent.count('/verify-pin')).toBe(1)
})

test('the last try needs a tick', async () => {
  const agent = standIn({ 'POST .*/verify-pin': () => ({ body: { tries: personKey().tries } }), 'GET .*/keys': keys })
  drawManaged(<VerifyDialog of={personKey({ tries: { left: 1, max: 10, known: true, first: false } })} close={() => {}} />)
  type('PIN 码（密码）', 'right-pin')
  await awake()
  expect(button('开始校验').disabled).toBe(true)
  fireEvent.click(screen.getByLabelText('我确认记得密码，愿意用最后一次机会'))
  fireEvent.submit(button('开始校验').closest('form')!)
  await waitFor(() => expect(agent.count('/verify-pin')).toBe(1))
  expect(agent.calls.find((c) => c.name.includes('verify-pin'))?.body.last).toBe(true)
})

test('R38: a locked UKey gets no PIN box but what to bring', () => {
  standIn({})
  drawManaged(<VerifyDialog of={personKey({ state: 'pin_locked', tries: { left: 0, max: 10, known: true, first: false } })} close={() => {}} />)
  expect(screen.queryByLabelText('PIN 码（密码）')).toBeNull()
  expect(screen.getByText('密码已锁死')).toBeTruthy()
  expect(button('打印办理清单')).toBeTruthy()
})
