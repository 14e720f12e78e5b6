import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { codes } from '../src/i18n/codes.gen'
import { enUS } from '../src/i18n/en-US'
import { fill } from '../src/i18n/messages'
import { loadCodes, tell } from '../src/i18n/problem'
import { zhCN } from '../src/i18n/zh-CN'

const words = (messages: object) => Object.entries(messages).flatMap(([area, texts]) => Object.entries(texts as object).map(([name, text]) => [`${area}.${name}`, String(text)] as const))
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

test('English has the arguments of the Chinese text', () => {
  const en = new Map(words(enUS))
  for (const [key, text] of words(zhCN)) expect(names(en.get(key) ?? ''), key).toEqual(names(text))
})

test('the old labels of the handbook stand on the screen', () => {
  const all = words(zhCN).map(([, text]) => text)
  for (const label of ['数字证书管理工具', '证书验证', '开始校验', '修改密码', '密码修改成功', '密码已锁死', '导出签名', '驱动']) expect(all, label).toContain(label)
})

test('Chinese stands in src/i18n only', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f) && !f.startsWith('i18n/'))
  expect(files.length).toBeGreaterThan(30)
  // Comments may name things in Chinese; fonts have no other name.
  const literal = (source: string) => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').match(/[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]+/g)
  for (const file of files) expect(literal(readFileSync(`src/${file}`, 'utf8')), file).toBeNull()
})

test('every text is used', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((f) => /\.tsx?$/.test(f) && !/^i18n\/(zh|en)/.test(f))
  const source = files.map((f) => readFileSync(`src/${f}`, 'utf8')).join('\n')
  const made = ['app.keys', 'app.log', 'app.systems', 'app.settings', 'app.help'] // say(`app.${page}`)
  for (const [key] of words(zhCN)) expect(source.includes(`'${key}'`) || made.includes(key), key).toBe(true)
})

test('a code becomes words in both languages, an unknown one keeps those it came with', async () => {
  expect(tell({ code: 'pin.incorrect', title: 'said' }, 'zh').title, 'before the table is there').toBe('said')
  await loadCodes()
  expect(tell({ code: 'pin.incorrect', args: { left: 6 } }, 'zh').title).toBe('PIN 不正确，还可尝试 6 次')
  expect(tell({ code: 'pin.incorrect', args: { left: 6 } }, 'en').title).toBe('wrong PIN, 6 tries left')
  expect(tell({ code: 'newer.agent', title: 'said', next: 'do' }, 'zh')).toEqual({ title: 'said', cause: '', next: 'do' })
  expect(Object.keys(codes).length).toBeGreaterThan(100)
  expect(fill('{a} and {b}', { a: 1 })).toBe('1 and {b}')
})
