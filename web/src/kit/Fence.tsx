import { Button, Result } from 'antd'
import { Component, type ReactNode } from 'react'
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
    <Result
      status="error"
      title={<h1>{say('app.crashed')}</h1>}
      subTitle={say('app.crashedText')}
      extra={<Button type="primary" onClick={() => location.reload()}>{say('app.reload')}</Button>}
    >
      <code>{String(error)}</code>
    </Result>
  )
}
