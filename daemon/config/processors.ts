/** How many threads may compute: more than there are processors only wait for each other, and fill the memory. */
import { availableParallelism } from 'node:os'

export const PROCESSORS: number = availableParallelism()

export function tooManyThreads(threads: number): string {
  const has = PROCESSORS === 1 ? 'one processor' : `${PROCESSORS} processors`
  return `${threads} is too many: this machine has ${has}; give ${PROCESSORS} or less`
}
