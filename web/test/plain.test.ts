import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import ts from 'typescript'

// Windows that a person waits for are made of little: everything that they read, run
// and draw lies between the click and the PIN field.
const allowed = ['react', 'react-dom', 'react-dom/client', 'openapi-fetch']

/** Everything that a module of ours imports, directly and through others of ours. */
function reached(from: string, seen = new Map<string, string[]>()): Map<string, string[]> {
  if (seen.has(from)) return seen
  const bare: string[] = []
  seen.set(from, bare)
  for (const { fileName } of ts.preProcessFile(readFileSync(from, 'utf8'), true, true).importedFiles) {
    if (!fileName.startsWith('.')) bare.push(fileName)
    else if (!fileName.endsWith('.css')) reached(file(join(dirname(from), fileName)), seen)
  }
  return seen
}

function file(path: string): string {
  const found = [`${path}.ts`, `${path}.tsx`].find(existsSync)
  if (!found) throw new Error(`${path} is no module`)
  return found
}

for (const page of ['confirm', 'window', 'redirect']) {
  test(`${page}.html needs nothing but React and what is ours`, () => {
    const modules = reached(`src/app/${page}.tsx`)
    expect([...modules.keys()]).toContain('src/kit/PinInput.tsx')
    expect([...modules].filter(([, bare]) => bare.some((name) => !allowed.includes(name)))).toEqual([])
  })
}

test('the manager needs more: this test can tell', () => {
  expect([...reached('src/app/manager.tsx').values()].flat()).toContain('antd')
})

test('what runs before all else of window.html imports nothing', () => {
  expect([...reached('src/features/window/meet.ts').entries()]).toEqual([['src/features/window/meet.ts', []]])
})
