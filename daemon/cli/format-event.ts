/** One line for each thing that happens in a run. */
import { roundLine } from '../../src/reporting/index.ts'
import type { RunEvent } from '../api/index.ts'
import { paint } from './terminal.ts'

const COLOURS = { warn: 'yellow', error: 'red' } as const

export function formatRunEvent(event: RunEvent): string {
  switch (event.type) {
    case 'round':
      return roundLine(event.report)
    case 'state':
      return paint('bold', `${event.state}${event.reason === null ? '' : `: ${event.reason}`}`)
    case 'member':
      return `node ${event.rank} ${event.change} (${event.peerId})`
    case 'log':
      return event.level === 'info' ? event.message : paint(COLOURS[event.level], event.message)
  }
}
