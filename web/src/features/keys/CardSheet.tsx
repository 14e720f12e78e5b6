import type { ManagedKey, PlainCertificate } from '../../api/types'
import { day, groups, minute } from '../../kit/when'
import { useSay } from '../../kit/words'
import { kindWord } from './state'

/** The certificate card on paper. The ID number stays masked. */
export function CardSheet({ of: key }: { of: ManagedKey }) {
  const say = useSay()
  const rows: [string, string | undefined][] = [
    [say('keys.holder'), `${key.holder} · ${say(kindWord(key.kind))}`],
    [say('keys.unit'), key.unit],
    [say('keys.department'), key.department],
    [say('keys.idNumber'), key.id_number_masked],
    [say('keys.creditCode'), key.credit_code],
    [say('keys.device'), `${key.hardware.label || key.hardware.name} · ${key.hardware.serial}`],
    ...certificate(say('keys.signing'), key.signing),
    ...(key.encryption ? certificate(say('keys.encryption'), key.encryption) : []),
  ]
  return (
    <>
      <h1>{say('keys.printTitle')}</h1>
      <table><tbody>{rows.map(([name, value]) => value && <tr key={name}><th>{name}</th><td>{value}</td></tr>)}</tbody></table>
      <footer>{say('keys.printNote')} {say('keys.printedAt', { time: minute(new Date().toISOString()) })}</footer>
    </>
  )

  function certificate(name: string, c: PlainCertificate): [string, string][] {
    return [
      [name, groups(c.serial)],
      [`${name} · ${say('keys.validity')}`, say('keys.validityRange', { from: day(c.not_before), to: day(c.not_after) })],
      [`${name} · ${say('keys.issuer')}`, c.issuer],
    ]
  }
}
