// Writes pairs of npm versions with the order that node-semver gives them: `npm install semver` somewhere, then there
//   node npm-order.cjs > .../src/test/resources/tocsin/matcher/version/npm-order.tsv
// The same seed gives the same pairs. Numbers stay below 2^53: beyond, node-semver does not judge.
'use strict'
const semver = require('semver')

let state = 20260417
const random = (n) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return Math.floor((state / 2 ** 32) * n)
}
const pick = (list) => list[random(list.length)]

const NUMBERS = ['0', '1', '2', '3', '9', '10', '11', '99', '100', '2147483647', '2147483648', '999999999999', '9007199254740991']
const WORDS = ['alpha', 'beta', 'rc', 'Alpha', 'a', 'a0', '0a', '-', '--', '-1', 'x-y', 'canary', 'next', '1a', 'beta2', 'beta11']
const IDS = () => (random(2) ? pick(NUMBERS.slice(0, 12)) : pick(WORDS))

const version = () => {
  let text = `${pick(NUMBERS)}.${pick(NUMBERS)}.${pick(NUMBERS)}`
  if (random(3) === 0) text = `${random(2)}.${random(2)}.${random(3)}`
  if (random(2)) text += '-' + Array.from({ length: 1 + random(4) }, IDS).join('.')
  if (random(6) === 0) text += '+' + Array.from({ length: 1 + random(2) }, () => pick([...WORDS.slice(0, 6), '001', '7'])).join('.')
  switch (random(12)) {
    case 0: return 'v' + text
    case 1: return '=' + text
    case 2: return ' ' + text + ' '
    case 3: return text.replace('-', '')
    case 4: return text.replace(/^(\d)\./, '0$1.')
    default: return text
  }
}

// A neighbour differs in one place, where orders go wrong.
const neighbour = (text) => {
  const parts = text.split(/([.+-])/)
  const i = random(Math.ceil(parts.length / 2)) * 2
  parts[i] = pick([...NUMBERS, ...WORDS])
  return pick([parts.join(''), text + '.0', text.replace(/[.][^.]*$/, ''), text.replace(/-.*$/, ''), text])
}

const lines = new Set()
while (lines.size < 3000) {
  const a = version()
  const b = random(3) ? neighbour(a) : version()
  const parsed = [a, b].map((text) => semver.parse(text, { loose: true }))
  if (parsed.includes(null)) continue
  // Of what follows three numbers and a dot node-semver's loose pattern makes a prerelease that begins with the last digit of the
  // patch (1.0.9-9.0 of 1.0.99.0): no order that anybody means. Here such a text has none.
  if ([a, b].some((text) => /^[v=\s]*\d+\.\d+\.\d+\./.test(text))) continue
  // As JSON texts, so that blanks show.
  lines.add([JSON.stringify(a), JSON.stringify(b), semver.compare(a, b, { loose: true })].join('\t'))
}
console.log(`# node-semver ${require('semver/package.json').version}: a, b, order of a to b (loose)`)
for (const line of lines) console.log(line)
