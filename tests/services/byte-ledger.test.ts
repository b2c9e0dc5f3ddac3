import { expect, test } from 'vitest'
import type { Traffic } from '../../daemon/network/index.ts'
import { ByteLedger, parseLedger } from '../../daemon/services/byte-ledger.ts'

/** A network whose counters are set by hand. */
function network() {
  const rounds = { sent: 0, received: 0 }
  const socket = { sent: 0, received: 0 }
  const traffic: Traffic = {
    socket,
    peers: () => [{ peerId: 'ann', socket, protocols: new Map([['/rounds', rounds]]) }],
  }
  return {
    traffic,
    carry(sent: number, received: number, extra = 10) {
      rounds.sent += sent
      rounds.received += received
      socket.sent += sent + extra
      socket.received += received + extra
    },
  }
}

const frame = (length: number, values: number, indices: number) => ({
  bytes: new Uint8Array(length),
  values,
  indices,
  overhead: length - values - indices,
})

test('sums by protocol, peer and run, and what connections carry beyond their streams', () => {
  const { traffic, carry } = network()
  const ledger = new ByteLedger({ traffic, stored: null, now: () => new Date(0) })
  const tally = ledger.tallyOf('r1', (rank) => ['me', 'ann', 'bob'][rank]!)
  carry(1000, 400)
  tally.sent(1, frame(600, 500, 60))
  tally.sent(2, frame(300, 250, 30))
  tally.received(1, 300, { values: 240, indices: 30, overhead: 30 })
  // A letter, and what is no frame at all.
  tally.received(1, 40, { values: 0, indices: 0, overhead: 15 })
  tally.received(1, 10, null)
  const heard = { values: 240, indices: 30, overhead: 45, unsplit: 35 }
  const nothing = { values: 0, indices: 0, overhead: 0, unsplit: 0 }
  const ann = { sent: 600, received: 350, values: 500, indices: 60, overhead: 40 }
  const bob = { sent: 300, received: 0, values: 250, indices: 30, overhead: 20 }
  expect(ledger.stats()).toEqual({
    since: '1970-01-01T00:00:00.000Z',
    sent: 1010,
    received: 410,
    today: { sent: 1010, received: 410 },
    protocols: [
      { protocol: '/rounds', sent: 1000, received: 400 },
      { protocol: 'transport', sent: 10, received: 10 },
    ],
    peers: [
      {
        peerId: 'ann',
        sent: 1010,
        received: 410,
        protocols: [
          { protocol: '/rounds', sent: 1000, received: 400 },
          { protocol: 'transport', sent: 10, received: 10 },
        ],
      },
    ],
    runs: [
      {
        run: 'r1',
        sent: 900,
        received: 350,
        values: 750,
        indices: 90,
        overhead: 60,
        receivedParts: heard,
        peers: [
          { peerId: 'ann', ...ann, receivedParts: heard },
          { peerId: 'bob', ...bob, receivedParts: nothing },
        ],
      },
    ],
  })
})

test('goes on from what an earlier process has stored, on the same day and on another', () => {
  const noon = new Date('2026-03-01T12:00:00Z')
  const before = network()
  const first = new ByteLedger({ traffic: before.traffic, stored: null, now: () => noon })
  first.tallyOf('r1', () => 'ann').sent(0, frame(90, 80, 0))
  before.carry(90, 30)

  const stored = parseLedger(JSON.parse(JSON.stringify(first.stored())))
  let time = new Date('2026-03-01T23:00:00Z')
  const after = network()
  const second = new ByteLedger({ traffic: after.traffic, stored, now: () => time })
  expect(second.stats()).toEqual(first.stats())
  after.carry(5, 5, 0)
  second.tallyOf('r1', () => 'ann').sent(0, frame(5, 5, 0))
  expect(second.today).toEqual({ sent: 105, received: 45 })
  expect(second.stats()).toMatchObject({ sent: 105, received: 45, runs: [{ sent: 95 }] })

  time = new Date('2026-03-02T00:00:01Z')
  expect(second.today).toEqual({ sent: 0, received: 0 })
  after.carry(7, 0, 0)
  expect(second.today).toEqual({ sent: 7, received: 0 })
  expect(second.stats()).toMatchObject({ sent: 112, since: noon.toISOString() })

  const nextDay = new ByteLedger({ traffic: network().traffic, stored, now: () => time })
  expect(nextDay.today).toEqual({ sent: 0, received: 0 })
})

test('goes on from what a version before the parts of received bytes has stored', () => {
  const { traffic } = network()
  const now = () => new Date(0)
  const old = new ByteLedger({ traffic, stored: null, now }).stored()
  const flow = { sent: 90, received: 70, values: 60, indices: 20, overhead: 10 }
  const stored = parseLedger({ ...old, runs: { r1: { ann: flow } } })
  const ledger = new ByteLedger({ traffic, stored, now })
  ledger.tallyOf('r1', () => 'ann').received(0, 9, { values: 6, indices: 2, overhead: 1 })
  const receivedParts = { values: 6, indices: 2, overhead: 1, unsplit: 70 }
  expect(ledger.stats().runs).toMatchObject([
    { ...flow, received: 79, receivedParts, peers: [{ peerId: 'ann', receivedParts }] },
  ])
  const again = parseLedger(JSON.parse(JSON.stringify(ledger.stored())))
  expect(again.runs['r1']).toEqual({ ann: { ...flow, received: 79, receivedParts } })
})

test('what is no ledger is refused', () => {
  for (const json of [null, {}, { version: 2 }, []]) expect(() => parseLedger(json)).toThrow()
})
