import { useQuery } from '@tanstack/react-query'
import { Radio, Skeleton, Switch } from 'antd'
import type { ReactNode } from 'react'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import { prefer, usePreferences } from '../../kit/preferences'
import { ProblemView } from '../../kit/ProblemView'
import { useSay } from '../../kit/words'
import styles from './SettingsPage.module.css'
import { useChoose, useSettings } from './useChoose'

/** 设置: how pages look, and what is done with digests that come alone. */
export function SettingsPage() {
  const say = useSay()
  const settings = useSettings()
  const choose = useChoose()
  const { large } = usePreferences()
  const health = useQuery({ queryKey: ['health'], queryFn: () => answer(agent.GET('/health')) })
  if (settings.error) return <><h1>{say('settings.title')}</h1><ProblemView problem={failure(settings.error).problem} /></>
  if (!settings.data) return <><h1>{say('settings.title')}</h1><Skeleton active title={false} /></>
  return (
    <div className="stack">
      <h1 style={{ margin: 0 }}>{say('settings.title')}</h1>
      <section className="panel">
        <h2>{say('settings.display')}</h2>
        <Row name={say('settings.language')}>
          <Radio.Group
            aria-label={say('settings.language')}
            value={settings.data.language}
            onChange={(e) => void choose({ language: e.target.value })}
            options={[{ value: 'auto', label: say('app.auto') }, { value: 'zh', label: say('settings.chinese') }, { value: 'en', label: say('settings.english') }]}
          />
        </Row>
        <Row name={say('settings.theme')}>
          <Radio.Group
            aria-label={say('settings.theme')}
            value={settings.data.theme}
            onChange={(e) => void choose({ theme: e.target.value })}
            options={[{ value: 'system', label: say('app.auto') }, { value: 'light', label: say('app.light') }, { value: 'dark', label: say('app.dark') }]}
          />
        </Row>
        <Row name={say('settings.large')} hint={say('settings.largeText')}>
          <Switch aria-label={say('settings.large')} checked={large} onChange={(on) => prefer({ large: on })} />
        </Row>
      </section>
      <section className="panel">
        <h2>{say('settings.signing')}</h2>
        <Row name={say('settings.digestOnly')} hint={say('settings.digestOnlyText')}>
          <Radio.Group
            aria-label={say('settings.digestOnly')}
            value={settings.data.digest_only}
            onChange={(e) => void choose({ digest_only: e.target.value })}
            options={[{ value: 'refuse', label: say('settings.digestRefuse') }, { value: 'ask', label: say('settings.digestAsk') }]}
          />
        </Row>
      </section>
      <section className="panel">
        <h2>{say('settings.about')}</h2>
        <div>{say('app.name')}</div>
        {health.data && <div className="muted">{say('settings.version', { version: health.data.version })}</div>}
      </section>
    </div>
  )
}

function Row({ name, hint, children }: { name: string; hint?: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <div><strong>{name}</strong>{hint && <div className="small muted">{hint}</div>}</div>
      <div>{children}</div>
    </div>
  )
}
