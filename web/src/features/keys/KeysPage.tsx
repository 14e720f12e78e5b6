import { Skeleton } from 'antd'
import { useNavigate, useParams } from 'react-router-dom'
import { failure } from '../../api/failure'
import type { ManagedKey } from '../../api/types'
import { Notice } from '../../kit/Notice'
import { ProblemView } from '../../kit/ProblemView'
import { useTell } from '../../kit/useTell'
import { useSay } from '../../kit/words'
import { CertificateTable } from './CertificateTable'
import { EmptyState } from './EmptyState'
import { KeyCard } from './KeyCard'
import { KeyChooser } from './KeyChooser'
import { useKeys } from './useKeys'

/** 我的证书: the UKeys that are plugged in, one of them in full. */
export function KeysPage() {
  const say = useSay()
  const tell = useTell()
  const keys = useKeys()
  const chosen = useParams().id
  const navigate = useNavigate()
  if (keys.error) return <><h1>{say('keys.title')}</h1><ProblemView problem={failure(keys.error).problem} /></>
  if (!keys.data) return <><h1>{say('keys.title')}</h1><Skeleton active title={false} paragraph={{ rows: 6 }} /></>
  const list = keys.data.keys
  const key = list.find((k) => k.id === chosen) ?? list[0]
  return (
    <div className="stack">
      <h1 style={{ margin: 0 }}>{say('keys.title')}</h1>
      {keys.data.devices.map((d) => (
        <Notice key={d.serial} tone="warning" title={say('keys.brokenTitle', { device: d.label || d.name })}>
          {d.problem ? tell(d.problem).title : say('keys.stateNoCertificate')}
        </Notice>
      ))}
      {list.length > 1 && <KeyChooser keys={list} chosen={key?.id} choose={(k: ManagedKey) => navigate(`/keys/${k.id}`)} />}
      {key ? <Whole key={key.id} of={key} /> : <EmptyState />}
    </div>
  )
}

function Whole({ of: key }: { of: ManagedKey }) {
  return (
    <>
      <KeyCard of={key} />
      <CertificateTable of={key} />
    </>
  )
}
