import type { Check } from '../check.ts'

/** The first Node that runs TypeScript from source without a flag; libp2p and the tests need 22 as well. */
const OLDEST = [22, 18] as const

export const nodeVersion: Check = async () => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const isNewEnough = major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])
  const detail = `Node ${process.versions.node}`
  if (isNewEnough) return { name: 'node', status: 'ok', detail }
  const fix = `Use Node ${OLDEST.join('.')} or newer, or start through npm run starling.`
  return { name: 'node', status: 'fail', detail, fix }
}
