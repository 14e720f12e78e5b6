import { Result, Spin } from 'antd'
import { useSay } from '../../kit/words'

/** What stands in window.html while nothing is asked. */
export function Waiting({ origin }: { origin: string | null | undefined }) {
  const say = useSay()
  if (origin === null) {
    return <main><Result status="info" title={<h1>{say('transport.windowNoOpener')}</h1>} subTitle={say('transport.windowNoOpenerText')} /></main>
  }
  return (
    <main>
      <Result icon={<Spin size="large" aria-label={say('app.loading')} />} title={<h1>{say('transport.windowWait')}</h1>} subTitle={<span className="number">{origin}</span>} />
    </main>
  )
}
