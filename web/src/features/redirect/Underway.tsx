import { Button, Result, Spin } from 'antd'
import { useSay } from '../../kit/words'
import { originOf, type Request } from './request'

/** What stands in redirect.html before and after the person is asked. */
export function Underway({ request, back }: { request: Request | undefined; back: string | undefined }) {
  const say = useSay()
  if (!request) {
    return <main><Result status="info" title={<h1>{say('transport.redirectBad')}</h1>} subTitle={say('transport.redirectBadText')} /></main>
  }
  const origin = originOf(request.return_url)
  return (
    <main>
      <Result
        icon={<Spin size="large" aria-label={say('app.loading')} />}
        title={<h1>{back ? say('transport.redirectBack', { origin }) : say('transport.redirectWait')}</h1>}
        extra={back && <Button type="primary" href={back}>{say('transport.redirectBackNow', { origin })}</Button>}
      />
    </main>
  )
}
