import { Button, Modal, Table } from 'antd'
import { useState } from 'react'
import type { Shown } from '../../api/types'
import { groups } from '../../kit/when'
import { useSay } from '../../kit/words'
import styles from './confirm.module.css'
import { DocumentView } from './DocumentView'

interface Props {
  documents: readonly Shown[]
  /** Indices of those that are to be signed. */
  kept: readonly number[]
  keep: (kept: readonly number[]) => void
  disabled: boolean
}

/** Several documents under one PIN: each can be looked at, and taken out, before. */
export function BatchTable({ documents, kept, keep, disabled }: Props) {
  const say = useSay()
  const [open, setOpen] = useState<Shown>()
  const all = documents.map((_, index) => index)
  const name = (d: Shown) => d.title || say('confirm.untitled')
  return (
    <section aria-label={say('confirm.batchDocuments')}>
      <p className="muted">{say('confirm.batchText')}</p>
      <div className={`row ${styles.pick}`}>
        <span role="status" className={kept.length > 0 ? undefined : 'bad'}>{kept.length > 0 ? say('confirm.batchKept', { count: kept.length, total: documents.length }) : say('confirm.batchNone')}</span>
        <Button size="small" disabled={disabled || kept.length === documents.length} onClick={() => keep(all)}>{say('confirm.batchAll')}</Button>
        <Button size="small" disabled={disabled || kept.length === 0} onClick={() => keep([])}>{say('confirm.batchClear')}</Button>
      </div>
      <Table<Shown & { index: number }>
        size="small"
        rowKey="index"
        dataSource={documents.map((d, index) => ({ ...d, index }))}
        pagination={{ pageSize: 50, hideOnSinglePage: true, size: 'small', showSizeChanger: false }}
        scroll={{ y: 'max(126px, calc(100vh - 576px))' }} // the PIN stays in sight
        rowClassName={(d) => (kept.includes(d.index) ? '' : styles.leftOut ?? '')}
        rowSelection={{
          hideSelectAll: true,
          columnWidth: 40,
          selectedRowKeys: [...kept],
          preserveSelectedRowKeys: true,
          onChange: (keys) => keep(all.filter((index) => keys.includes(index))),
          getCheckboxProps: (d) => ({ 'aria-label': say('confirm.batchKeep', { title: name(d) }), disabled }),
        }}
        columns={[
          { title: say('confirm.batchIndex'), render: (_, d) => d.index + 1, width: 56 },
          { title: say('confirm.document'), render: (_, d) => <span className="break">{d.only_hash && <strong className="bad">⚠ </strong>}{name(d)}</span> },
          { title: say('confirm.place'), render: (_, d) => (d.page ? say('confirm.pageN', { page: d.page }) : '–'), width: 90 },
          { title: say('confirm.digest'), responsive: ['sm'], render: (_, d) => <span className="number small" title={groups(d.digest)}>{groups(d.digest.slice(0, 8))} …</span>, width: 124 },
          { title: <span className="unseen">{say('keys.actions')}</span>, render: (_, d) => <Button size="small" aria-label={`${say('confirm.batchOpen')} ${d.title}`} onClick={() => setOpen(d)}>{say('confirm.batchOpen')}</Button>, width: 84 },
        ]}
      />
      {open && (
        <Modal open title={open.title} onCancel={() => setOpen(undefined)} footer={null} width={720} closable={{ 'aria-label': say('app.close') }}>
          <DocumentView of={open} />
        </Modal>
      )}
    </section>
  )
}
