// Names that come in Chinese from elsewhere, and the texts that say them to the reader.

/** The acts of the example business system, by the words of its back end. */
export const acts = { 签字: 'demo.actSign', 批准: 'demo.actApprove', 签章: 'demo.actSeal' } as const

/** The kinds of seals, by the word in the seal. */
export const sealKinds = {
  公章: 'confirm.kindOfficial',
  部门章: 'confirm.kindDepartment',
  业务章: 'confirm.kindBusiness',
  法定代表人章: 'confirm.kindRepresentative',
  手写签名: 'confirm.kindHandwritten',
} as const

/** The text for the kind that a seal names; undefined for one in words of its own. */
export function sealKind(kind: string): (typeof sealKinds)[keyof typeof sealKinds] | undefined {
  return Object.keys(sealKinds).includes(kind) ? sealKinds[kind as keyof typeof sealKinds] : undefined
}
