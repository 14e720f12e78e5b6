import { Button, Modal, Table } from 'antd'
import { useState } from 'react'
import type { Shown } from '../../api/types'
import { groups } from '../../kit/when'
import { useSay } from '../../kit/words'
import { DocumentView } from './DocumentView'

/** Several documents under one PIN: each can be looked at before. */
export function BatchTable({ documents }: { documents: readonly Shown[] }) {
  const say = useSay()
  const [open, setOpen] = useState<Shown>()
  return (
    <>
      <p className="muted">{say('confirm.batchText')}</p>
      <Table<Shown & { index: number }>
        size="small"
        rowKey="index"
        dataSource={documents.map((d, index) => ({ ...d, index }))}
        pagination={{ pageSize: 5, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
        columns={[
          { title: say('confirm.batchIndex'), render: (_, d) => d.index + 1, width: 64 },
          { title: say('confirm.document'), render: (_, d) => <span className="break">{d.only_hash && <strong className="bad">⚠ </strong>}{d.title || say('confirm.untitled')}</span> },
          { title: say('confirm.place'), render: (_, d) => (d.page ? say('confirm.pageN', { page: d.page }) : '–'), width: 100 },
          { title: say('confirm.digest'), render: (_, d) => <span className="number small" title={groups(d.digest)}>{groups(d.digest.slice(0, 8))} …</span>, width: 130 },
          { title: <span className="unseen">{say('keys.actions')}</span>, render: (_, d) => <Button size="small" aria-label={`${say('confirm.batchOpen')} ${d.title}`} onClick={() => setOpen(d)}>{say('confirm.batchOpen')}</Button>, width: 84 },
        ]}
      />
      {open && (
        <Modal open title={open.title} onCancel={() => setOpen(undefined)} footer={null} width={720} closable={{ 'aria-label': say('app.close') }}>
          <DocumentView of={open} />
        </Modal>
      )}
    </>
  )
}
