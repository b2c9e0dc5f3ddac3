/** What a private run has hidden, in words. */
import type { PrivacySummary } from '../../src/learning/index.ts'
import { formatCount, formatNumber, formatPercent } from '../../src/reporting/format.ts'

export function formatPrivacy({
  masked,
  rounds,
  maskers,
  droppedShare,
  clippedShare,
  reasons,
}: PrivacySummary): string {
  const { adopted, refused, coolingDown } = rounds
  const parts = [
    hiding(masked, maskers),
    `${formatCount(adopted)} sums adopted, ${formatCount(refused)} refused, ${formatCount(coolingDown)} skipped after a change`,
  ]
  if (droppedShare > 0) {
    parts.push(`${formatPercent(droppedShare)} of the values dropped for too few maskers`)
  }
  if (clippedShare > 0) {
    parts.push(`${formatPercent(clippedShare)} of the values cut to the ring's range`)
  }
  const [first] = reasons
  if (first !== undefined) parts.push(`mostly because ${first.reason}`)
  return parts.join('; ')
}

function hiding(masked: boolean, maskers: PrivacySummary['maskers']): string {
  if (!masked) return 'masks are off: neighbours see what a node sends'
  if (maskers === null) return 'nothing was sent unmasked'
  return `each contribution was masked by ${formatNumber(maskers.mean)} others on average, ${maskers.min} at least`
}
