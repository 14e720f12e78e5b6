// The states that manager_mock.mjs can be in: UKeys, questions, records. All
// persons, organisations and numbers are invented.
const day = 86_400_000
const now = Date.now()
const at = (days) => new Date(now + days * day).toISOString()
const hex = (seed, length = 64) => Array.from({ length }, (_, i) => ((seed * 7 + i * 11 + ((seed * i) % 13)) % 16).toString(16)).join('')

function certificate(seed, from, to, subject) {
  return {
    serial: hex(seed, 32), subject, issuer: '信章示例 CA', issuer_name: 'CN=信章示例 CA,O=示例电子认证,C=CN', not_before: at(from), not_after: at(to),
    days_left: Math.floor(to), fingerprint: hex(seed + 3), sha1: hex(seed + 5, 40),
    rows: [
      { name: 'key_usage', label: '密钥用法', value: '数字签名、防抵赖', oid: '2.5.29.15' },
      { name: 'identity', label: '身份证号', value: '9900**********1239', oid: '1.2.86.11.7.7550207' },
      { name: 'policy', label: '证书策略', value: '机构个人证书', oid: '2.25.185537067014197802974175430147084470243.1.2' },
    ],
  }
}

function key(seed, kind, holder, change = {}) {
  const { from = -325, to = 40.5, ...rest } = change
  const suits = { person: ['login', 'sign', 'decrypt'], organisation: ['seal', 'decrypt'] }[kind]
  return {
    id: hex(seed), kind, holder, unit: '示例监狱', serial_tail: hex(seed, 32).slice(-4).toUpperCase(), not_before: at(from), not_after: at(to),
    device: { name: holder, kind: 'soft' }, suited: true, state: 'ready',
    tries: { left: 10, max: 10, known: true, first: false },
    signing: certificate(seed, from, to, `CN=${holder},OU=一监区,O=示例监狱,C=CN`),
    encryption: certificate(seed + 1, from, to, `CN=${holder},OU=一监区,O=示例监狱,C=CN`),
    container: 'sign-1', application: 'XINZHANG', files: [{ name: 'seal-1.esl', size: 18_342 }],
    hardware: { name: `soft-${seed}`, label: `软件 UKey ${seed}`, kind: 'soft', serial: `XZ2026${1000 + seed}`, hardware: false },
    purposes: ['login', 'sign', 'seal', 'decrypt'].map((purpose) => ({
      purpose, suited: suits.includes(purpose),
      ...(suits.includes(purpose) ? {} : { reason: { code: 'cert.role_unfit', args: {}, title: '证书用途不符' } }),
    })),
    ...rest,
  }
}

const person = { department: '一监区', id_number_masked: '9900**********1239' }
const tries = (left, change = {}) => ({ left, max: 10, known: true, first: false, ...change })

export const keys = {
  person: key(1, 'person', '测试用户甲', person),
  seal: key(2, 'organisation', '示例监狱', { credit_code: '11990000MB0000000X', unit: '示例监狱', to: 301 }),
  second: key(3, 'person', '测试用户乙', { ...person, department: '狱政科', to: 200 }),
  first: key(4, 'person', '测试用户丙', { ...person, state: 'pin_first', tries: tries(10, { first: true }), to: 362 }),
  few: key(5, 'person', '测试用户丁', { ...person, tries: tries(3) }),
  last: key(6, 'person', '测试用户戊', { ...person, tries: tries(1) }),
  locked: key(7, 'person', '测试用户己', { ...person, state: 'pin_locked', tries: tries(0) }),
  expired: key(8, 'person', '测试用户庚', { ...person, state: 'expired', from: -380, to: -15 }),
  mute: key(9, 'person', '测试用户辛', { ...person, tries: { left: 2, max: 2, known: false, first: false } }),
}

export function log() {
  const entry = (minutes, change) => ({ time: new Date(now - minutes * 60_000).toISOString(), origin: 'http://case.example.cn', purpose: 'sign', action: '签字', holder: '测试用户甲', code: 'ok', digest: hex(minutes), ...change })
  return [
    entry(2, { title: '关于测试对象的减刑建议书' }),
    entry(3, { purpose: 'seal', action: '签章', title: '关于测试对象的减刑建议书', holder: '示例监狱' }),
    entry(55, { title: '=SUM(A1:A9) 会见登记表', code: 'pin.incorrect' }),
    entry(1500, { origin: 'https://oa.example.cn', purpose: 'login', action: undefined, digest: undefined }),
  ]
}

export function origins() {
  return {
    origins: [
      { origin: 'http://case.example.cn', source: 'user', since: at(-20), used: at(-0.01) },
      { origin: 'https://train.example.cn:8443', source: 'user', since: at(-3) },
      { origin: 'https://oa.example.cn', source: 'list', system: '示例办公系统' },
      { origin: 'http://10.0.0.8', source: 'list', system: '示例执法系统' },
    ],
    list: { signer: '示例监狱管理局 信息中心', issued: at(-40), systems: 2 },
  }
}

const lines = Array.from({ length: 14 }, (_, i) => `<rect x="20" y="${52 + i * 14}" width="${i % 5 === 4 ? 90 : 170}" height="5" fill="#bbb"/>`).join('')
const picture = `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 210 297" width="420" height="594"><rect width="210" height="297" fill="#fff"/><rect x="45" y="24" width="120" height="11" fill="#333"/>${lines}<rect x="118" y="236" width="62" height="34" fill="none" stroke="#b3261e" stroke-width="2" stroke-dasharray="5 3"/></svg>`)}`

const shown = (change = {}) => ({ title: '关于测试对象的减刑建议书', type: 'ofd', pages: 12, page: 12, size: 1_310_000, place: '「审批人」处', picture, digest: hex(21), only_hash: false, signature: false, ...change })

const suited = (k) => ({ ...k, suited: true })
const unsuited = (k, code) => ({ ...k, suited: false, reason: { code, args: {}, title: '机构证书只能签章' } })

function asked(change) {
  return {
    id: hex(Math.floor(Math.random() * 1e6), 32), operation: hex(Math.floor(Math.random() * 1e6), 32), kind: 'act', origin: 'http://case.example.cn', secure: false,
    system: { id: 'case', name: '示例办案系统' }, ask_origin: false, purpose: 'sign', action: '批准', documents: [shown()],
    keys: [suited(keys.person), unsuited(keys.seal, 'cert.role_unfit')], selected: keys.person.id, need_pin: true, deadline: at(0.01), ...change,
  }
}

const questions = {
  sign: () => asked({}),
  seal: () => asked({
    purpose: 'seal', action: '签章', origin: 'https://oa.example.cn', secure: true, system: { id: 'oa', name: '示例办公系统' },
    documents: [shown({ seal: { name: '示例监狱', id: 'X1', kind: '公章', time: at(0), data_hash: hex(3), not_after: at(300), picture: sealPicture }, signature: true, place: undefined })],
    keys: [suited(keys.seal), unsuited(keys.person, 'cert.role_unfit')], selected: keys.seal.id,
  }),
  several: () => asked({ keys: [suited(keys.person), suited(keys.second), unsuited(keys.seal, 'cert.role_unfit')], selected: undefined }),
  digest: () => asked({ system: undefined, documents: [shown({ only_hash: true, picture: undefined, title: '减刑建议书', pages: undefined, size: undefined, page: undefined, place: undefined, type: 'data' })] }),
  text: () => asked({ documents: [shown({ type: 'text', picture: undefined, pages: undefined, page: undefined, place: undefined, size: 96, title: '会见登记', text: '会见人：测试用户甲\n日期：2026-11-22\n事由：测试' })] }),
  origin: () => asked({ ask_origin: true, system: undefined }),
  allow: () => asked({ kind: 'allow', ask_origin: true, system: undefined, documents: [], need_pin: false, purpose: undefined, action: undefined, keys: [] }),
  login: () => asked({ purpose: 'login', action: '登录', documents: [] }),
  none: () => asked({ keys: [unsuited(keys.seal, 'cert.role_unfit')], selected: undefined }),
  empty: () => asked({ keys: [], selected: undefined }),
  few: () => asked({ keys: [suited(keys.few)], selected: keys.few.id }),
  five: () => asked({ keys: [suited({ ...keys.person, tries: tries(4) })] }),
  batch: () => asked({ documents: Array.from({ length: 50 }, (_, i) => shown({ title: `关于测试对象 ${String(i + 1).padStart(3, '0')} 号的减刑建议书`, digest: hex(100 + i), page: 1 + (i % 4) })) }),
}

const sealPicture = `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" width="160" height="160"><circle cx="20" cy="20" r="17" fill="none" stroke="#c00" stroke-width="2"/><text x="20" y="25" font-size="14" text-anchor="middle" fill="#c00">★</text></svg>')}`

export const question = (name) => questions[name]()
