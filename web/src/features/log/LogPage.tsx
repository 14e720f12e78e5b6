import { useQuery } from '@tanstack/react-query'
import { Empty, Skeleton, Table } from 'antd'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { LogEntry } from '../../api/types'
import { Button } from '../../kit/Button'
import { ProblemView } from '../../kit/ProblemView'
import { groups, minute } from '../../kit/when'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'
import { csv, download } from './csv'

/** 签署记录: what UKeys did on this computer, for whom. */
export function LogPage() {
  const say = useSay()
  const tell = useTell()
  const log = useQuery({ queryKey: ['log'], queryFn: () => answer(agent.GET('/v1/manager/log')), refetchInterval: 5000 })
  return (
    <>
      <div className="row spread">
        <h1>{say('log.title')}</h1>
        {log.data && log.data.entries.length > 0 && <Button onClick={() => save(log.data.entries)}>{say('log.csv')}</Button>}
      </div>
      <p className="muted">{say('log.intro')}</p>
      {log.error && <ProblemView problem={failure(log.error).problem} />}
      {log.isPending && <Skeleton active title={false} paragraph={{ rows: 5 }} />}
      {log.data && log.data.entries.length === 0 && (
        <div className="panel"><Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={<><strong>{say('log.empty')}</strong><div className="muted">{say('log.emptyText')}</div></>} /></div>
      )}
      {log.data && log.data.entries.length > 0 && (
        <Table<LogEntry>
          size="middle"
          rowKey={(e) => `${e.time} ${e.digest ?? ''} ${e.purpose}`}
          dataSource={log.data.entries}
          pagination={{ pageSize: 12, hideOnSinglePage: true, showTotal: (total) => say('log.total', { total }) }}
          scroll={{ x: 860 }}
          columns={[
            { title: say('log.time'), render: (_, e) => <span className="number">{minute(e.time)}</span>, width: 160 },
            { title: say('log.who'), render: (_, e) => <span className="break">{origin(e)}</span> },
            { title: say('log.action'), render: (_, e) => act(e), width: 130 },
            { title: say('log.subject'), render: (_, e) => <><div className="break">{e.title ?? '–'}</div><div className="small muted">{e.holder}</div></> },
            { title: say('log.digest'), render: (_, e) => e.digest ? <span className="number small" title={groups(e.digest)}>{groups(e.digest.slice(0, 8))} … {e.digest.slice(-4).toUpperCase()}</span> : '–', width: 180 },
            { title: say('log.outcome'), render: (_, e) => outcome(e), width: 170 },
          ]}
        />
      )}
    </>
  )

  function origin(e: LogEntry): string {
    return e.origin || say('log.self')
  }

  function act(e: LogEntry): string {
    if (e.action) return e.action
    switch (e.purpose) {
      case 'login': return say('confirm.purposeLogin')
      case 'sign': return say('confirm.purposeSign')
      case 'seal': return say('confirm.purposeSeal')
      case 'decrypt': return say('confirm.purposeDecrypt')
      case 'test-signature': return say('keys.test')
      case 'id-number': return say('keys.reveal')
      case 'verify-pin': return say('keys.verify')
      case 'change-pin': return say('keys.change')
      default: return e.purpose
    }
  }

  function outcome(e: LogEntry) {
    if (e.code === 'ok') return <span className="good">✓ {say('log.done')}</span>
    return <span className="warn">– {why(e)}</span>
  }

  // The log keeps codes without arguments: a text that needs them would show its braces.
  function why(e: LogEntry): string {
    const { title } = tell({ code: e.code })
    return title.includes('{') ? `${say('log.failed')} (${e.code})` : title
  }

  function save(entries: readonly LogEntry[]): void {
    const head = [say('log.time'), say('log.who'), say('log.action'), say('log.subject'), say('keys.holder'), say('log.digest'), say('log.outcome')]
    const rows = entries.map((e) => [
      minute(e.time), origin(e), act(e), e.title ?? '', e.holder ?? '', e.digest ?? '',
      e.code === 'ok' ? say('log.done') : why(e),
    ])
    download(`${say('log.title')}.csv`, csv([head, ...rows]))
  }
}
