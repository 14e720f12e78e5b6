// Answers questions of the interop tests with sm-crypto. Each is a line on the
// standard input, a JSON object with bytes in hexadecimal; the answer is a line,
// "ok: what was seen" or "refused: why". The DER is read here, by a reader that
// shares nothing with ours.
'use strict'
const {sm2, sm4} = require('sm-crypto')

// read takes the DER value at the start of hex.
function read(hex) {
  let head = 4
  let length = parseInt(hex.substr(2, 2), 16)
  if (length & 0x80) {
    const octets = length & 0x7f
    length = parseInt(hex.substr(4, 2 * octets), 16)
    head += 2 * octets
  }
  const end = head + 2 * length
  if (!(end <= hex.length)) throw new Error('DER ends early')
  return {tag: hex.substr(0, 2), content: hex.slice(head, end), rest: hex.slice(end)}
}

// members splits a SEQUENCE.
function members(hex) {
  const sequence = read(hex)
  if (sequence.tag !== '30' || sequence.rest !== '') throw new Error('not one SEQUENCE')
  const list = []
  for (let rest = sequence.content; rest !== '';) {
    const value = read(rest)
    list.push({...value, der: rest.slice(0, rest.length - value.rest.length)})
    rest = value.rest
  }
  return list
}

// number gives an INTEGER as 32 octets.
const number = value => value.content.replace(/^(00)+/, '').padStart(64, '0')

// bits drops the count of unused bits.
const bits = value => value.content.slice(2)

// decrypt opens SM2Cipher ::= SEQUENCE {x, y INTEGER, hash, text OCTET STRING}.
function decrypt(der, d) {
  const [x, y, hash, text] = members(der)
  const plain = sm2.doDecrypt(number(x) + number(y) + hash.content + text.content, d, 1, {output: 'array'})
  if (plain.length === 0) throw new Error('sm-crypto does not open the cipher')
  return Buffer.from(plain).toString('hex')
}

const questions = {
  cipher({d, der, plain}) {
    if (decrypt(der, d) !== plain) throw new Error('another plaintext')
    return `${plain.length / 2} octets`
  },

  // SM2EnvelopedKey ::= SEQUENCE {algorithm, SM2Cipher, public BIT STRING, encrypted BIT STRING}
  envelope({d, der}) {
    const [, wrapped, point, encrypted] = members(der)
    const key = decrypt(wrapped.der, d)
    const inner = sm4.decrypt(bits(encrypted), key, {padding: 'none', output: 'array'})
    const scalar = Buffer.from(inner).toString('hex').slice(-64)
    if (sm2.getPublicKeyFromPrivateKey(scalar) !== bits(point)) throw new Error('key of another public key')
    return bits(point)
  },

  signature({point, msg, sig, id}) {
    const options = {der: true, hash: true, userId: id}
    if (!sm2.doVerifySignature([...Buffer.from(msg, 'hex')], sig, point, options)) throw new Error('wrong signature')
    return 'signature'
  },
}

function answer(line) {
  try {
    const question = JSON.parse(line)
    return `ok: ${questions[question.ask](question)}`
  } catch (err) {
    return `refused: ${err.message}`
  }
}

require('readline').createInterface({input: process.stdin}).on('line', line => console.log(answer(line)))
