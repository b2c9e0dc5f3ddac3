/**
 * How many of a receiver's senders must be in a sum, so that it never has two of one round.
 *
 * Let n nodes send to it in the signed graph, and let it collude with at most s − 1 of them. An honest sender takes part for
 * one list of participants and votes for one list of survivors; a colluding one may play in several. Two lists A and B
 * without a common honest node would have
 *
 *   |A| + |B| ≤ (n − (s − 1)) + 2 (s − 1) = n + s − 1,
 *
 * the honest in one of them each and the others in both. So where every list has more than (n + s − 1) / 2 members, any
 * two share an honest node, and one of them is never complete. For n = s + 1 that is all of them, and never fewer than
 * s + 1, so that every contribution has its s maskers.
 *
 * @param senders n, at least s + 1
 * @param minMaskers s
 */
export function quorum(senders: number, minMaskers: number): number {
  return Math.floor((senders + minMaskers - 1) / 2) + 1
}
