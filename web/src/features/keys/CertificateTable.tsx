import { Collapse } from 'antd'
import type { ManagedKey, PlainCertificate } from '../../api/types'
import { day, groups, octets } from '../../kit/when'
import { useSay } from '../../kit/words'
import styles from './CertificateTable.module.css'

/** Both certificates of a key; each opens into everything that stands in it. */
export function CertificateTable({ of: key }: { of: ManagedKey }) {
  const say = useSay()
  const certificates = [
    { name: say('keys.signing'), hint: say('keys.signingHint'), of: key.signing },
    ...(key.encryption ? [{ name: say('keys.encryption'), hint: say('keys.encryptionHint'), of: key.encryption }] : []),
  ]
  return (
    <section>
      <h2>{say('keys.certificates')}</h2>
      <Collapse
        items={[
          ...certificates.map((c) => ({ key: c.of.serial, label: <Summary name={c.name} hint={c.hint} of={c.of} />, children: <Details of={c.of} /> })),
          ...(key.files.length ? [{ key: 'files', label: say('keys.files'), children: <Files of={key} /> }] : []),
        ]}
      />
    </section>
  )
}

function Summary({ name, hint, of: c }: { name: string; hint: string; of: PlainCertificate }) {
  const say = useSay()
  const left = c.days_left < 0 ? say('keys.expired', { days: -c.days_left }) : say('keys.daysLeft', { days: c.days_left })
  return (
    <div className={styles.summary}>
      <strong>{name}</strong>
      <span className="muted">{hint}</span>
      <span className="number">{say('keys.validityRange', { from: day(c.not_before), to: day(c.not_after) })}</span>
      <span className={c.days_left < 0 ? 'bad' : undefined}>{left}</span>
    </div>
  )
}

function Details({ of: c }: { of: PlainCertificate }) {
  const say = useSay()
  const rows: [string, string, string?][] = [
    [say('keys.certSerial'), groups(c.serial)],
    [say('keys.subject'), c.subject],
    [say('keys.issuer'), c.issuer_name],
    ['SM3', groups(c.fingerprint)],
    ['SHA-1', groups(c.sha1)],
    ...c.rows.map((r): [string, string, string?] => [r.label, r.value, r.oid]),
  ]
  return (
    <table className={styles.details}>
      <tbody>
        {rows.map(([name, value, oid], i) => (
          <tr key={i}><th scope="row">{name}{oid && <div className="small muted number">{oid}</div>}</th><td>{value}</td></tr>
        ))}
      </tbody>
    </table>
  )
}

function Files({ of: key }: { of: ManagedKey }) {
  return <ul>{key.files.map((f) => <li key={f.name}><span className="mono">{f.name}</span> <span className="muted">{octets(f.size)}</span></li>)}</ul>
}
