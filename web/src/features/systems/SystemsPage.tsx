import { useQuery, useQueryClient } from '@tanstack/react-query'
import { App, Popconfirm, Skeleton, Table } from 'antd'
import { agent, answer } from '../../api/client'
import { failure } from '../../api/failure'
import type { Origins } from '../../api/types'
import { Button } from '../../kit/Button'
import { Notice } from '../../kit/Notice'
import { ProblemView } from '../../kit/ProblemView'
import { minute } from '../../kit/when'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'

type Allowed = Origins['origins'][number]

/** 业务系统: who may ask for signatures: by the administrator's list, or because the user allowed it. */
export function SystemsPage() {
  const say = useSay()
  const tell = useTell()
  const queries = useQueryClient()
  const { message } = App.useApp()
  const origins = useQuery({ queryKey: ['origins'], queryFn: () => answer(agent.GET('/v1/manager/origins')) })
  const revoke = async (origin: string) => {
    try {
      await answer(agent.DELETE('/v1/manager/origins', { params: { query: { origin } } }))
      void message.success(say('systems.revoked', { origin }))
    } catch (cause) {
      void message.error(tell(failure(cause).problem).title)
    }
    await queries.invalidateQueries({ queryKey: ['origins'] })
  }
  const address = (o: Allowed) => (
    <><span className="break">{o.origin}</span>{insecure(o.origin) && <span className="warn small"> ⚠ {say('systems.insecure')}</span>}</>
  )
  const listed = origins.data?.origins.filter((o) => o.source === 'list') ?? []
  const mine = origins.data?.origins.filter((o) => o.source === 'user') ?? []
  return (
    <div className="stack">
      <h1 style={{ margin: 0 }}>{say('systems.title')}</h1>
      {origins.error && <ProblemView problem={failure(origins.error).problem} />}
      {origins.isPending && <Skeleton active title={false} paragraph={{ rows: 5 }} />}
      {origins.data && (
        <>
          <section className="panel">
            <h2>{say('systems.allowed')}</h2>
            <p className="muted">{mine.length ? say('systems.allowedText') : say('systems.allowedNone')}</p>
            {mine.length > 0 && (
              <Table<Allowed>
                size="middle"
                pagination={false}
                rowKey="origin"
                dataSource={mine}
                columns={[
                  { title: say('systems.origin'), render: (_, o) => address(o) },
                  { title: say('systems.since'), render: (_, o) => o.since && <span className="number">{minute(o.since)}</span>, width: 170 },
                  { title: say('systems.used'), render: (_, o) => o.used && <span className="number">{minute(o.used)}</span>, width: 170 },
                  {
                    title: <span className="unseen">{say('keys.actions')}</span>,
                    width: 110,
                    render: (_, o) => (
                      <Popconfirm title={say('systems.revokeAsk', { origin: o.origin })} description={say('systems.revokeText')} okText={say('systems.revoke')} onConfirm={() => revoke(o.origin)}>
                        <Button size="small" danger>{say('systems.revoke')}</Button>
                      </Popconfirm>
                    ),
                  },
                ]}
              />
            )}
          </section>
          <section className="panel">
            <h2>{say('systems.listed')}</h2>
            {origins.data.problem && <Notice tone="warning" title={tell(origins.data.problem).title}>{tell(origins.data.problem).next}</Notice>}
            <p className="muted">{origins.data.list ? say('systems.listedText') : say('systems.listedNone')}</p>
            {origins.data.list && (
              <p className="small muted">{say('systems.signedBy', { signer: origins.data.list.signer })} · {say('systems.signedAt', { time: minute(origins.data.list.issued) })}</p>
            )}
            {listed.length > 0 && (
              <Table<Allowed>
                size="middle"
                pagination={{ pageSize: 10, hideOnSinglePage: true }}
                rowKey="origin"
                dataSource={listed}
                columns={[{ title: say('systems.name'), dataIndex: 'system' }, { title: say('systems.origin'), render: (_, o) => address(o) }]}
              />
            )}
          </section>
        </>
      )}
    </div>
  )
}

function insecure(origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  return protocol === 'http:' && hostname !== '127.0.0.1' && hostname !== 'localhost'
}
