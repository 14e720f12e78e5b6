import type { ManagedKey } from '../../api/types'
import { KindIcon } from '../../kit/KindIcon'
import { useSay } from '../../kit/words'
import styles from './KeyChooser.module.css'
import { kindWord, stateOf } from './state'

interface Props {
  keys: readonly ManagedKey[]
  chosen?: string
  choose: (key: ManagedKey) => void
}

/** Several UKeys side by side, told apart by holder and certificate, never by slot. */
export function KeyChooser({ keys, chosen, choose }: Props) {
  const say = useSay()
  return (
    <section>
      <p className="muted">{say('keys.several', { count: keys.length })}</p>
      <div className={styles.row} role="group" aria-label={say('keys.choose')}>
        {keys.map((key) => {
          const state = stateOf(key)
          return (
            <button key={key.id} type="button" className={styles.key} aria-pressed={key.id === chosen} onClick={() => choose(key)}>
              <KindIcon kind={key.kind} size={36} />
              <span className={styles.words}>
                <strong>{key.holder}</strong>
                <span className="small muted">{say(kindWord(key.kind))} · SN …{key.serial_tail}</span>
                <span className={`small ${state.tone}`}>{state.mark} {say(state.word)}</span>
              </span>
            </button>
          )
        })}
      </div>
    </section>
  )
}
