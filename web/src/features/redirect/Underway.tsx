import { ButtonLink } from '../../kit/Button'
import { Later } from '../../kit/Later'
import { Result } from '../../kit/Result'
import { useSay } from '../../kit/words'
import { originOf, type Request } from './request'

/** What stands in redirect.html before and after the person is asked. */
export function Underway({ request, back }: { request: Request | undefined; back: string | undefined }) {
  const say = useSay()
  if (!request) {
    return <main><Result tone="info" title={<h1>{say('transport.redirectBad')}</h1>} text={say('transport.redirectBadText')} /></main>
  }
  const origin = originOf(request.return_url)
  return (
    <main>
      <Later>
        <Result tone="waiting" title={<h1>{back ? say('transport.redirectBack', { origin }) : say('transport.redirectWait')}</h1>}>
          {back && <ButtonLink look="primary" href={back}>{say('transport.redirectBackNow', { origin })}</ButtonLink>}
        </Result>
      </Later>
    </main>
  )
}
