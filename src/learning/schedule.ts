import type { Job } from './job.ts'

/**
 * The learning rate of a round, from `train.lr` and `train.schedule`. It changes between rounds, not within one, so
 * that all nodes of a round step at the same pace whatever data they hold.
 *
 * - `constant`: lr
 * - `step`: lr × factor^⌊round / every⌋
 * - `cosine`: from lr to floor × lr along half a cosine (Loshchilov and Hutter 2017, without restarts)
 * - `warmup`: lr × (round + 1) / rounds, then lr
 */
export function learningRate(train: Job['train'], round: number): number {
  const { lr, schedule, rounds } = train
  switch (schedule.kind) {
    case 'constant':
      return lr
    case 'step':
      return lr * schedule.factor ** Math.floor(round / schedule.every)
    case 'cosine': {
      const progress = rounds > 1 ? round / (rounds - 1) : 1
      return lr * (schedule.floor + ((1 - schedule.floor) * (1 + Math.cos(Math.PI * progress))) / 2)
    }
    case 'warmup':
      return lr * Math.min(1, (round + 1) / schedule.rounds)
  }
}

/**
 * Whether a round trains before it averages. SkipTrain (IPDPSW 2024, arXiv 2407.01283): Γ_train
 * rounds with local steps and Γ_sync without take turns.
 */
export function isTrainingRound({ skip }: Job['train'], round: number): boolean {
  return skip === undefined || round % (skip.train + skip.sync) < skip.train
}
