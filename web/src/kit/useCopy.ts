import { App } from 'antd'
import { useSay } from './words'

/** Copies a text and says so. */
export function useCopy(): (text: string) => void {
  const { message } = App.useApp()
  const say = useSay()
  return (text) => {
    void navigator.clipboard.writeText(text).then(() => message.success(say('app.copied')))
  }
}
