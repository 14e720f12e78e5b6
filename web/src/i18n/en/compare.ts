import type { Words } from '../messages'

export const compare: Words<'compare'> = {
  title: 'Compare the ID number',
  intro: 'When a business system says 签章身份信息不匹配 (identity does not match), enter the number it has on record to compare it with the certificate. The number is not kept.',
  number: 'ID number on record in the business system',
  do: 'Compare',
  equal: 'Equal',
  equalText: 'The certificate holds exactly the number you entered. If the system still says they differ, ask its administrator to check the record.',
  different: 'Different: {parts}',
  differentText: 'Wrong in the certificate: bring ID card and UKey to the counter for a change. Wrong in the system: ask its administrator to correct the record.',
  places: 'places {from}–{to}',
  region: 'region',
  birth: 'date of birth',
  sequence: 'sequence number',
  check: 'check digit',
  same: 'same',
  differs: 'different',
  length: 'An ID number has 18 characters; you entered {count}',
}
