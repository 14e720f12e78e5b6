// The pages of the agent in both browsers, with the stand-in of manager_mock.mjs:
// what a user does, by mouse and by keyboard alone; what axe finds; what the
// policy of the pages blocks; how much is loaded. Pictures of every state go to
// build/shots for people to look at.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { after, before, describe, test } from 'node:test'
import axe from '@axe-core/playwright'
import { launch, programs } from './browsers.mjs'
import { mock, right } from './manager_mock.mjs'

const dist = fileURLToPath(new URL('../../internal/webui/dist/', import.meta.url))
const shots = fileURLToPath(new URL('../../build/shots/', import.meta.url))
const AxeBuilder = axe.default ?? axe

// Every state is looked at by axe in each language and theme, in both browsers, with
// XINZHANG_SOAK=1; else each language and each theme once, in the new one.
const soak = process.env.XINZHANG_SOAK === '1'
const looks = [['zh', 'light'], ['en', 'light'], ['zh', 'dark'], ['en', 'dark']]
const short = ['new zh light', 'new en dark']

test('what a page loads stays within the budget', () => {
  assert.ok(existsSync(`${dist}manager.html`), 'no pages: run `make web`')
  const small = (file) => statSync(`${dist}${file}.gz`).size
  const early = new Set()
  // A window that a person waits for is to be there at once.
  for (const [page, most] of [['manager', 420_000], ['confirm', 110_000], ['window', 110_000], ['redirect', 110_000]]) {
    const html = readFileSync(`${dist}${page}.html`, 'utf8')
    const files = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+)"/g)].map((m) => m[1])
    files.forEach((f) => early.add(f))
    const total = files.filter((f) => f.endsWith('.js')).reduce((sum, f) => sum + small(f), 0)
    console.log(`${page}.html loads ${Math.round(total / 1000)} kB of gzip`)
    assert.ok(total <= most, `${page}.html loads ${total} octets, ${most} are allowed`)
  }
  for (const file of readdirSync(`${dist}assets`).filter((f) => f.endsWith('.js') && !early.has(`assets/${f}`))) {
    assert.ok(small(`assets/${file}`) <= 120_000, `${file} is larger than the 120 kB of a page that is opened later`)
  }
})

for (const program of await programs()) {
  describe(`Chromium ${program.name}`, () => {
    let world, browser, page, complaints

    before(async () => {
      mkdirSync(shots, { recursive: true })
      world = await mock()
      browser = await launch(program, {})
      page = await (await browser.newContext({ viewport: { width: 1366, height: 768 } })).newPage()
      page.on('pageerror', (e) => complaints.push(e.message))
      page.on('console', (m) => { if (/Content Security Policy|Unhandled|^\w*Error:/.test(m.text())) complaints.push(m.text()) })
      complaints = []
    })
    after(async () => {
      await browser?.close()
      world?.close()
    })

    const manager = async (hash = '', heading = 'h1') => {
      await page.goto('about:blank')
      await page.goto(`${world.origin}/manager.html${hash}`)
      await page.waitForSelector(heading)
    }
    const ask = async (name) => {
      const asked = world.ask(name)
      await page.goto('about:blank')
      await page.goto(`${world.origin}/confirm.html#${asked.id}`)
      await page.waitForSelector('h1')
      await page.waitForTimeout(600) // windows take no decision earlier
      return asked
    }
    const button = (name) => page.getByRole('button', { name, exact: false })
    const picture = (name) => page.screenshot({ path: `${shots}${program.name}-${name}.png` })
    const clean = async (where) => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      const serious = violations.filter((v) => ['serious', 'critical'].includes(v.impact))
      assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`), [], where)
      assert.deepEqual(complaints, [], where)
    }

    test('R32: a UKey that is plugged in appears by itself, and goes by itself', async () => {
      world.plug()
      await manager()
      await page.getByText('请插入 UKey').waitFor()
      world.plug('person')
      await page.getByRole('heading', { name: '测试用户甲' }).waitFor()
      world.plug('person', 'seal')
      await page.getByText('已插入 2 个 UKey').waitFor()
      world.plug()
      await page.getByText('请插入 UKey').waitFor()
    })

    test('R36, R37, R40: a wrong PIN tells the tries left, a change closes its form, and no click counts twice', async () => {
      world.plug('person')
      await manager()
      await button('证书验证').click()
      await page.getByLabel('PIN 码（密码）').fill('wr0ng-pin')
      await page.waitForTimeout(600)
      const before = world.pinCalls
      await button('开始校验').dblclick({ delay: 5 })
      await page.getByText('PIN 不正确，还可尝试 9 次').waitFor()
      assert.equal(world.pinCalls - before, 1)
      await page.keyboard.press('Escape')
      await button('修改密码').click()
      await page.getByLabel('旧密码', { exact: true }).fill(right)
      await page.getByLabel('新密码', { exact: true }).fill('n3w-pin-77')
      await page.getByLabel('再输一次新密码').fill('n3w-pin-77')
      await page.waitForTimeout(600)
      world.delay = 300
      await page.getByRole('dialog').getByRole('button', { name: '修改密码' }).dblclick({ delay: 5 })
      await page.getByText('密码修改成功').waitFor()
      world.delay = 0
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      assert.equal(world.pinCalls - before, 2)
    })

    test('R43: 导出签名 saves a .cer', async () => {
      world.plug('person')
      await manager()
      await button('导出签名').click()
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByText('.cer 文件').click()])
      assert.match(file.suggestedFilename(), /\.cer$/)
    })

    test('R44: the number is masked, shown whole on request, and the part that differs is named', async () => {
      await manager('', 'text=9900**********1239')
      await button('显示完整号码').click()
      await page.getByText('990000199001011239').waitFor()
      await button('核对号码').click()
      await page.getByLabel('业务系统里登记的身份证号').fill('990000199001021230')
      await page.keyboard.press('Enter')
      await page.getByText('不一致：出生日期、校验码').waitFor()
      await page.getByLabel('业务系统里登记的身份证号').fill('990000199001011239')
      await page.keyboard.press('Enter')
      await page.getByText('一致', { exact: true }).waitFor()
    })

    test('everything by keyboard alone', async () => {
      world.plug('person')
      await manager()
      await page.getByRole('heading', { name: '测试用户甲' }).waitFor()
      for (const [key, heading] of [['Alt+2', '签署记录'], ['Alt+3', '业务系统'], ['Alt+4', '设置'], ['Alt+5', '帮助'], ['Alt+1', '我的证书']]) {
        await page.keyboard.press(key)
        await page.getByRole('heading', { name: heading, level: 1 }).waitFor()
      }
      await page.keyboard.press('v')
      await page.getByRole('dialog').waitFor()
      await page.waitForTimeout(600)
      await page.keyboard.type(right)
      await page.keyboard.press('Enter')
      await page.getByText('密码正确').waitFor()
      await page.waitForFunction(() => document.activeElement?.textContent === '关闭')
      await page.keyboard.press('Enter')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.keyboard.press('m')
      await page.getByLabel('旧密码').waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })

      await ask('sign')
      await page.keyboard.type(right)
      await page.keyboard.press('Enter')
      await page.getByText('已完成').waitFor()
      await ask('sign')
      await page.keyboard.press('Escape')
      await page.getByText('已拒绝').waitFor()
      assert.deepEqual(world.answers.slice(-2).map((a) => a.approve), [true, false])
    })

    test('R33–R35: a window approves once, never closes on a wrong PIN, and survives a UKey that is pulled', async () => {
      const asked = await ask('sign')
      const before = world.answers.length
      await page.getByLabel('PIN 码（密码）').fill('wr0ng-pin')
      await button('确认并批准').click()
      await page.getByText('PIN 不正确，还可尝试 9 次').waitFor()
      assert.equal(await page.getByLabel('PIN 码（密码）').inputValue(), '')
      asked.keys = []
      asked.selected = undefined
      world.push('keys', { count: 0 })
      await page.getByText('UKey 已拔出，签署已取消').waitFor()
      assert.equal(world.answers.length - before, 1)
      world.push('closed', { reason: { code: 'pin.locked', title: '' } })
      await page.getByText('密码已锁死').first().waitFor()
      assert.deepEqual(complaints, [], 'what a wrong PIN drew is put away in order')
    })

    test('a page that opens window.html gets its answer over the port, under the origin the browser says', async () => {
      await page.goto(`${world.origin}/seal.svg`)
      const [popup] = await Promise.all([
        page.waitForEvent('popup'),
        page.evaluate((address) => {
          const w = window.open(address, 'xinzhang', 'popup,width=560,height=720')
          window.got = new Promise((resolve) => window.addEventListener('message', (e) => {
            if (e.data?.xinzhang !== 'ready') return
            const channel = new MessageChannel()
            channel.port1.onmessage = (m) => resolve(m.data)
            w.postMessage({ xinzhang: 'port' }, e.origin, [channel.port2])
            channel.port1.postMessage({ id: '7', method: 'sign', params: { origin: 'https://forged.example' } })
          }))
        }, `${world.origin}/window.html`),
      ])
      await popup.getByLabel('PIN 码（密码）').waitFor()
      await popup.waitForTimeout(600)
      await popup.screenshot({ path: `${shots}${program.name}-window.png` })
      await popup.getByLabel('PIN 码（密码）').fill(right)
      await popup.keyboard.press('Enter')
      assert.deepEqual(await page.evaluate(() => window.got), { id: '7', result: { value: 'c2lnbmF0dXJl' } })
      assert.equal(world.calls.at(-1).origin, world.origin)
      await popup.close()
    })

    test('a page that goes to redirect.html is gone back to with the answer', async () => {
      const request = (r) => Buffer.from(JSON.stringify({ method: 'sign', params: {}, state: 's1', ...r })).toString('base64url')
      const back = `${world.origin}/seal.svg`
      await page.goto(`${world.origin}/redirect.html#request=${request({ return_url: back })}`)
      await page.getByLabel('PIN 码（密码）').waitFor()
      await page.waitForTimeout(600)
      await page.getByLabel('PIN 码（密码）').fill(right)
      await page.keyboard.press('Enter')
      await page.waitForURL(/seal\.svg#xinzhang=/)
      const answer = JSON.parse(Buffer.from(new URL(page.url()).hash.slice('#xinzhang='.length), 'base64url'))
      assert.deepEqual(answer, { state: 's1', result: { value: 'c2lnbmF0dXJl' } })
      await page.goto('about:blank')
      await page.goto(`${world.origin}/redirect.html#request=${request({ return_url: 'javascript:alert(1)' })}`)
      await page.getByText('这个地址里没有可读的请求').waitFor()
    })

    test('nothing scrolls sideways at 200 % of 1366×768', async () => {
      await page.setViewportSize({ width: 683, height: 384 })
      world.plug('person', 'seal')
      for (const place of ['', '#/systems', '#/settings', '#/help']) {
        await manager(place)
        await page.waitForTimeout(300)
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        assert.ok(over <= 0, `${place || 'keys'} is ${over} px too wide`)
      }
      await picture('zoom-200')
      await page.setViewportSize({ width: 1366, height: 768 })
    })

    test('paper shows the sheet and nothing else', async () => {
      world.plug('locked')
      await manager()
      await page.evaluate(() => { window.print = () => {} })
      await button('证书验证').click()
      await button('打印办理清单').click()
      await page.emulateMedia({ media: 'print' })
      await page.getByRole('heading', { name: 'UKey 解锁办理清单' }).waitFor()
      assert.equal(await page.locator('#root').isVisible(), false)
      assert.equal(await page.getByRole('dialog').isVisible(), false)
      await picture('print-locked')
      await page.emulateMedia({ media: null })
    })

    for (const [language, theme] of looks) {
      const skip = !soak && !short.includes(`${program.name} ${language} ${theme}`) && 'a minute each: run with XINZHANG_SOAK=1'
      test(`no serious finding of axe: ${language}, ${theme}`, { skip }, async () => {
        world.settings = { language, theme, digest_only: 'refuse' }
        const look = async (name) => {
          await page.waitForTimeout(400)
          await clean(`${name} ${language} ${theme}`)
          await picture(`${language}-${theme}-${name}`)
        }
        world.plug()
        await manager()
        await look('empty')
        for (const keys of [['person', 'seal', 'second'], ['first'], ['few'], ['locked'], ['expired'], ['mute']]) {
          world.plug(...keys)
          await page.waitForTimeout(300)
          await look(`key-${keys.at(-1)}`)
        }
        for (const [key, name] of [['v', 'verify'], ['m', 'change']]) {
          world.plug('last')
          await page.waitForTimeout(300)
          await page.keyboard.press(key)
          await page.getByRole('dialog').waitFor()
          await look(name)
          await page.keyboard.press('Escape')
          await page.getByRole('dialog').waitFor({ state: 'detached' })
        }
        for (const place of ['log', 'systems', 'settings', 'help']) {
          await manager(`#/${place}`)
          await look(place)
        }
        for (const name of ['sign', 'seal', 'several', 'digest', 'text', 'origin', 'login', 'none', 'empty', 'few', 'batch']) {
          await ask(name)
          await look(`ask-${name}`)
        }
      })
    }
  })
}
