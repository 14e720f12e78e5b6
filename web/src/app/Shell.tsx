import { Grid, Menu, Segmented } from 'antd'
import { useEffect, useMemo } from 'react'
import { Link, Outlet, useLocation, useNavigate } from 'react-router-dom'
import { useKeyEvents, useKeys, usePlugged } from '../features/keys/useKeys'
import { useChoose } from '../features/settings/useChoose'
import { Button } from '../kit/Button'
import { KindIcon } from '../kit/KindIcon'
import { Notice } from '../kit/Notice'
import { type Theme, usePreferences } from '../kit/preferences'
import { useLanguage, useSay } from '../kit/words'
import styles from './Shell.module.css'

const pages = ['keys', 'log', 'systems', 'settings', 'help'] as const

/** The frame of the manager: name, language and look above, pages at the left. */
export function Shell() {
  const say = useSay()
  const navigate = useNavigate()
  const wide = Grid.useBreakpoint().md !== false
  const here = useLocation().pathname.split('/')[1] || 'keys'
  const up = useKeyEvents()
  useAltDigits((n) => navigate(`/${pages[n]}`))
  const items = pages.map((page, i) => ({
    key: page,
    label: <Link to={`/${page}`} aria-keyshortcuts={`Alt+${i + 1}`} aria-current={page === here ? 'page' : undefined}>{say(`app.${page}`)}</Link>,
  }))
  return (
    <div className={styles.frame}>
      <a href="#main" className={styles.skip} onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus() }}>{say('app.skip')}</a>
      <header className={styles.header}>
        <KindIcon kind="organisation" size={30} />
        <span className={styles.name}>{say('app.name')}</span>
        <Look />
      </header>
      <div className={wide ? styles.wide : styles.narrow}>
        <nav className={styles.rail} aria-label={say('app.nav')}>
          <Menu mode={wide ? 'inline' : 'horizontal'} selectedKeys={[here]} items={items} />
          {wide && <Plugged />}
        </nav>
        <main id="main" tabIndex={-1} className={styles.main}>
          {!up && <div className={styles.gone}><Notice tone="warning" role="status" title={say('app.agentGone')} /></div>}
          <Outlet />
        </main>
      </div>
      <Announcements />
    </div>
  )
}

function Look() {
  const say = useSay()
  const language = useLanguage()
  const { theme } = usePreferences()
  const choose = useChoose()
  return (
    <div className={styles.look}>
      <Segmented<Theme>
        aria-label={say('app.theme')}
        value={theme}
        onChange={(value) => void choose({ theme: value })}
        options={[{ value: 'light', label: say('app.light') }, { value: 'dark', label: say('app.dark') }, { value: 'system', label: say('app.auto') }]}
      />
      <Button aria-label={say('app.switchLanguage')} onClick={() => void choose({ language: language === 'zh' ? 'en' : 'zh' })}>{say('app.language')}</Button>
    </div>
  )
}

function Plugged() {
  const say = useSay()
  const keys = useKeys().data?.keys ?? []
  return (
    <section className={styles.plugged}>
      <h2>{say('app.connected')}</h2>
      {keys.length === 0 && <div className="muted small">{say('app.noKey')}</div>}
      {keys.map((key) => (
        <Link key={key.id} to={`/keys/${key.id}`}><KindIcon kind={key.kind} size={22} /><span>{key.holder}</span></Link>
      ))}
    </section>
  )
}

function Announcements() {
  const say = useSay()
  const { came, went } = usePlugged(useKeys().data)
  const text = useMemo(
    () => [...came.map((k) => say('keys.inserted', { holder: k.holder })), ...went.map((k) => say('keys.removed', { holder: k.holder }))].join(' '),
    [came, went, say],
  )
  return <div className="unseen" role="status" aria-live="polite">{text}</div>
}

function useAltDigits(go: (n: number) => void): void {
  useEffect(() => {
    const press = (e: KeyboardEvent) => {
      const n = Number(e.code.replace('Digit', '')) - 1
      if (!e.altKey || e.ctrlKey || !(n in pages) || document.querySelector('[role=dialog]')) return
      e.preventDefault()
      go(n)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  })
}
