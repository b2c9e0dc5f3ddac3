/** The protocols between two real libp2p nodes, with well-behaved and with hostile peers. */
import { describe, expect, test } from 'vitest'
import { concat, fromHex } from '../../crypto/index.ts'
import { encodeFrame } from '../../daemon/network/framing.ts'
import {
  InvalidCatchUpError,
  type MemberReport,
  type MembershipInit,
  type Receiver,
  RefusedError,
  serveCatchUp,
  serveMembership,
  serveReports,
  serveRounds,
} from '../../daemon/network/index.ts'
import { encodeHead, encodeHello } from '../../daemon/network/protocols/rounds/message.ts'
import { startPeer, type TestPeer, until } from './peers.ts'

const RUN = '00112233445566778899aabbccddeeff'
const OTHER_RUN = 'ff112233445566778899aabbccddeeff'

async function connected(): Promise<[TestPeer, TestPeer]> {
  const [a, b] = await Promise.all([startPeer(), startPeer()])
  await a!.dial(b!)
  return [a!, b!]
}

describe('rounds', () => {
  async function roundsBetween(maxFrameBytes = 1_000_000) {
    const [sender, receiver] = await connected()
    const got: Uint8Array[] = []
    const greetings: string[] = []
    const members = new Set([sender.peerId])
    const receiverOf = (run: string, peerId: string): Receiver | undefined =>
      run === RUN && members.has(peerId)
        ? {
            maxFrameBytes,
            deliver: async (frame) => {
              got.push(frame)
            },
            greeted: () => greetings.push(peerId),
          }
        : undefined
    const rounds = await serveRounds(sender.transport, { receiverOf: () => undefined })
    const theirs = await serveRounds(receiver.transport, { receiverOf })
    return { sender, receiver, rounds, theirs, got, greetings, members }
  }

  test('frames of any size arrive whole and in order on one stream', async () => {
    const { receiver, rounds, got } = await roundsBetween()
    const sent = [1, 0, 131_072, 131_073, 700_000].map((length) =>
      Uint8Array.from({ length }, (_, i) => (i * 7 + length) % 256),
    )
    await Promise.all(sent.map((frame) => rounds.send(RUN, receiver.peerId, frame)))
    await until(() => got.length === sent.length)
    expect(got).toEqual(sent)
    expect(receiver.failures).toEqual([])
  })

  test('a node is present from its greeting until it closes, whatever it still sends first', async () => {
    const { sender, receiver, rounds, theirs, got, greetings } = await roundsBetween()
    expect(theirs.isPresent(RUN, sender.peerId)).toBe(false)
    await rounds.greet(RUN, receiver.peerId)
    await until(() => theirs.isPresent(RUN, sender.peerId))
    await rounds.greet(RUN, receiver.peerId)
    expect(greetings).toEqual([sender.peerId])
    expect(theirs.isPresent(OTHER_RUN, sender.peerId)).toBe(false)
    void rounds.send(RUN, receiver.peerId, new Uint8Array(900_000))
    await Promise.resolve()
    rounds.close(RUN)
    await until(() => !theirs.isPresent(RUN, sender.peerId))
    expect(got).toHaveLength(1)
    expect(receiver.failures).toEqual([])
  })

  test('a node whose connection is lost is present no more', async () => {
    const { sender, receiver, rounds, theirs } = await roundsBetween()
    await rounds.greet(RUN, receiver.peerId)
    await until(() => theirs.isPresent(RUN, sender.peerId))
    await sender.disconnect()
    await until(() => !theirs.isPresent(RUN, sender.peerId))
  })

  test('a stream that has died is opened anew', async () => {
    const { sender, receiver, rounds, got } = await roundsBetween()
    await rounds.send(RUN, receiver.peerId, Uint8Array.of(1))
    await until(() => got.length === 1)
    await sender.disconnect()
    await sender.dial(receiver)
    await rounds.send(RUN, receiver.peerId, Uint8Array.of(2))
    await until(() => got.length === 2)
  })

  test.each([
    ['of a run unknown here', OTHER_RUN, false],
    ['of a peer that is no member', RUN, true],
  ])('a frame %s is refused', async (_, run, isStranger) => {
    const { sender, receiver, rounds, got, members } = await roundsBetween()
    if (isStranger) members.delete(sender.peerId)
    await rounds.send(run, receiver.peerId, Uint8Array.of(1))
    await until(() => receiver.failures.length > 0)
    expect(receiver.failures).toEqual(['NotAMemberError'])
    expect(got).toEqual([])
  })

  test('a member that is removed is refused on the stream it has kept', async () => {
    const { sender, receiver, rounds, got, members } = await roundsBetween()
    await rounds.send(RUN, receiver.peerId, Uint8Array.of(1))
    await until(() => got.length === 1)
    members.delete(sender.peerId)
    await rounds.send(RUN, receiver.peerId, Uint8Array.of(2))
    await until(() => receiver.failures.length > 0)
    expect(got).toHaveLength(1)
  })

  test('a frame larger than the model allows is refused at its head', async () => {
    const { sender, receiver, got } = await roundsBetween(1000)
    const stream = await sender.rawStream(receiver, '/starling/rounds/1.0.0')
    const hello = encodeFrame(encodeHello({ run: fromHex(RUN) }))
    stream.send(concat(hello, encodeFrame(encodeHead({ length: 1001 }))))
    await until(() => receiver.failures.length > 0)
    expect(receiver.failures).toEqual(['FrameTooLargeError'])
    expect(got).toEqual([])
  })

  test('garbage is refused', async () => {
    const { sender, receiver, got } = await roundsBetween()
    const stream = await sender.rawStream(receiver, '/starling/rounds/1.0.0')
    stream.send(encodeFrame(new Uint8Array(50).fill(0x7f)))
    await until(() => receiver.failures.length > 0)
    expect(receiver.failures).toEqual(['MalformedMessageError'])
    expect(got).toEqual([])
  })
})

describe('catch-up', () => {
  const parameters = Float32Array.from({ length: 100_000 }, (_, i) => i / 7)

  async function catchUpBetween(
    theirs: Float32Array | null | undefined,
    { round = 9, mostBytes = Number.POSITIVE_INFINITY } = {},
  ) {
    const [asker, neighbour] = await connected()
    const mine = await serveCatchUp(asker.transport, {
      snapshotFor: async () => undefined,
      mayGive: async () => true,
    })
    await serveCatchUp(neighbour.transport, {
      snapshotFor: async () => theirs && { round, parameters: theirs },
      mayGive: async (_, bytes) => bytes <= mostBytes,
    })
    return {
      neighbour,
      ask: (from: number, size = parameters.length) => mine.ask(RUN, neighbour.peerId, from, size),
    }
  }

  test('gives a neighbour’s model when it is ahead, null otherwise', async () => {
    const { ask } = await catchUpBetween(parameters)
    expect(await ask(8)).toEqual({ round: 9, parameters })
    expect(await ask(9)).toBeNull()
  })

  test('gives no model that the limits leave no bytes for, as if it were not ahead', async () => {
    const { ask, neighbour } = await catchUpBetween(parameters, { mostBytes: 399_999 })
    expect(await ask(8)).toBeNull()
    expect(neighbour.failures).toEqual([])
  })

  test('strangers get nothing', async () => {
    const { ask, neighbour } = await catchUpBetween(undefined)
    await expect(ask(0)).rejects.toThrow()
    await until(() => neighbour.failures.length > 0)
    expect(neighbour.failures).toEqual(['CatchUpRefusedError'])
  })

  test('a model of another size, or one that is not finite, is refused', async () => {
    const { ask } = await catchUpBetween(Float32Array.of(1, Number.NaN))
    await expect(ask(0, 3)).rejects.toThrow(InvalidCatchUpError)
    await expect(ask(0, 2)).rejects.toThrow(/value 1 is NaN/)
  })
})

describe('reports', () => {
  const final = (rank: number) => ({
    type: 'final' as const,
    final: { rank, parametersSha256: '0'.repeat(64), parameters: 5, peakRssBytes: 1 },
  })

  async function reportsBetween(rank: number | undefined) {
    const [member, owner] = await connected()
    const stored: MemberReport[] = []
    const refusals: string[] = []
    const nobody = { rankOf: () => undefined, store: async () => {}, reportRefused: () => {} }
    const mine = await serveReports(member.transport, nobody)
    await serveReports(owner.transport, {
      rankOf: () => rank,
      store: async (_, batch) => void stored.push(...batch),
      reportRefused: (_, peerId, { reason }) => refusals.push(`${peerId}: ${reason}`),
    })
    const send = (batch: MemberReport[]) => mine.send(RUN, owner.peerId, batch)
    return { member, owner, stored, refusals, send }
  }

  test('are stored, as many as fit one call', async () => {
    const { send, stored } = await reportsBetween(2)
    expect(await send([final(2), final(2)])).toEqual({ stored: 2, refused: null })
    expect(stored).toEqual([final(2), final(2)])
    const many = Array.from({ length: 100 }, () => final(2))
    expect(await send(many)).toEqual({ stored: 63, refused: null })
  })

  test('are stored up to one that is invalid, in another’s name or too large, which is refused with the reason', async () => {
    const bad: [MemberReport, RegExp][] = [
      [{ type: 'final', final: { ...final(2).final, parameters: -1 } }, /parameters/],
      [final(3), /speaks for another/],
      [
        { type: 'final', final: { ...final(2).final, parametersSha256: 'a'.repeat(9000) } },
        /bytes/,
      ],
    ]
    for (const [report, reason] of bad) {
      const { member, owner, send, stored, refusals } = await reportsBetween(2)
      const first = await send([final(2), report, final(2)])
      if (first.refused === null) expect(await send([report])).toMatchObject({ stored: 0 })
      else expect(first).toEqual({ stored: 1, refused: expect.stringMatching(reason) })
      expect(stored).toEqual([final(2)])
      if (first.refused !== null) expect(refusals).toEqual([`${member.peerId}: ${first.refused}`])
      expect(owner.failures).toEqual([])
    }
  })

  test('from no member are refused', async () => {
    const stranger = await reportsBetween(undefined)
    await expect(stranger.send([final(2)])).rejects.toThrow()
    await until(() => stranger.owner.failures.includes('ReportsRefusedError'))
  })
})

describe('membership', () => {
  const nobody: MembershipInit = {
    fetch: () => {
      throw new RefusedError('there is no such run here')
    },
    join: () => Promise.reject(new Error('an inner fault with a secret in it')),
    announce: async () => undefined,
    presence: async () => undefined,
    poll: () => undefined,
  }

  test('a refusal reaches the asker with its reason, an inner fault without', async () => {
    const [asker, owner] = await connected()
    const mine = await serveMembership(asker.transport, nobody)
    await serveMembership(owner.transport, nobody)
    const secret = new Uint8Array(16)
    const fetching = mine.fetch(owner.peerId, RUN, secret)
    await expect(fetching).rejects.toThrow(RefusedError)
    await expect(fetching).rejects.toThrow(/there is no such run here/)
    const digest = new Uint8Array(32)
    const claim = {
      secret,
      layout: digest,
      shape: digest,
      model: undefined,
      addresses: [],
      ownData: false,
    }
    const joining = mine.join(owner.peerId, RUN, claim)
    await expect(joining).rejects.toThrow()
    await expect(joining).rejects.not.toThrow(/secret/)
    expect(await mine.poll(owner.peerId, RUN)).toBeUndefined()
  })
})
