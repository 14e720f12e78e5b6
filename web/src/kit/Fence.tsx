import { Component, type ReactNode } from 'react'
import { Button } from './Button'
import { Result } from './Result'
import { useSay } from './words'

/** Shows a page that broke as a page that says so. */
export class Fence extends Component<{ children: ReactNode }, { error?: Error }> {
  state: { error?: Error } = {}

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  render() {
    return this.state.error ? <Crashed error={this.state.error} /> : this.props.children
  }
}

function Crashed({ error }: { error: Error }) {
  const say = useSay()
  return (
    <main>
      <Result tone="error" title={<h1>{say('app.crashed')}</h1>} text={say('app.crashedText')}>
        <Button look="primary" onClick={() => location.reload()}>{say('app.reload')}</Button>
        <code className="break">{String(error)}</code>
      </Result>
    </main>
  )
}
