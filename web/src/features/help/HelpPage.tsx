import { Collapse } from 'antd'
import { useSay } from '../../kit/words'
import styles from './HelpPage.module.css'

/** 帮助: the words of the handbook and where they are, the frequent questions, the keyboard. */
export function HelpPage() {
  const say = useSay()
  const words = [
    [say('keys.verify'), say('app.keys'), say('help.verify')],
    [say('keys.change'), say('app.keys'), say('help.change')],
    [say('keys.export'), say('app.keys'), say('help.export')],
    [say('pin.lockedTitle'), say('help.lockedPlace'), say('help.locked')],
    [say('help.driverWord'), say('help.driverPlace'), say('help.driver')],
  ]
  const questions = [
    { key: '1', label: say('help.q1'), children: say('help.a1') },
    { key: '2', label: say('help.q2'), children: say('help.a2') },
    { key: '3', label: say('help.q3'), children: say('help.a3') },
    { key: '4', label: say('help.q4'), children: say('help.a4') },
    { key: '5', label: say('help.q5'), children: say('help.a5') },
  ]
  const keyboard = [
    ['Alt+1 … Alt+5', say('help.kbNav')],
    ['V', say('help.kbVerify')],
    ['M', say('help.kbChange')],
    ['E', say('help.kbExport')],
    ['Tab', say('help.kbTab')],
    ['Esc', say('help.kbEsc')],
  ]
  return (
    <div className="stack">
      <h1 style={{ margin: 0 }}>{say('help.title')}</h1>
      <section>
        <h2>{say('help.questions')}</h2>
        <Collapse items={questions} />
      </section>
      <section className="panel">
        <h2>{say('help.words')}</h2>
        <p className="muted">{say('help.wordsText')}</p>
        <Table head={[say('help.word'), say('help.place'), say('help.meaning')]} rows={words} />
      </section>
      <section className="panel">
        <h2>{say('help.keyboard')}</h2>
        <Table head={[say('help.shortcut'), say('help.does')]} rows={keyboard} />
      </section>
    </div>
  )
}

function Table({ head, rows }: { head: string[]; rows: string[][] }) {
  return (
    <table className={styles.table}>
      <thead><tr>{head.map((cell) => <th key={cell} scope="col">{cell}</th>)}</tr></thead>
      <tbody>{rows.map((row) => <tr key={row[0]}>{row.map((cell, i) => (i === 0 ? <th key={i} scope="row">{cell}</th> : <td key={i}>{cell}</td>))}</tr>)}</tbody>
    </table>
  )
}
