import { fromHex, toHex } from '../../../../crypto/index.ts'
import type { Transport } from '../../protocol.ts'
import { single } from '../../single.ts'
import { membership } from './constants.ts'
import { RefusedError, UnexpectedResponseError } from './errors.ts'
import type { Membership, MembershipInit } from './interface.ts'
import {
  decodeRequest,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  type Request,
  type Response,
} from './message.ts'

export async function serveMembership(
  transport: Transport,
  init: MembershipInit,
): Promise<Membership> {
  await transport.serve(membership, async function* (frames, { peerId }) {
    const request = decodeRequest(await single(frames))
    try {
      yield encodeResponse(await answer(init, request, peerId))
    } catch (error) {
      // Only what was meant for the asker is said to it; anything else closes the stream without a word.
      if (!(error instanceof RefusedError)) throw error
      yield encodeResponse({ refused: { reason: error.reason } })
    }
  })

  async function ask(
    peerId: string,
    request: Request,
    options: { signal?: AbortSignal } = {},
  ): Promise<Response> {
    const frames = transport.call(peerId, membership, [encodeRequest(request)], options)
    const response = decodeResponse(await single(frames))
    if (response.refused !== undefined) throw new RefusedError(response.refused.reason)
    return response
  }

  function expect<T>(value: T | undefined, peerId: string): T {
    if (value === undefined) throw new UnexpectedResponseError(peerId)
    return value
  }

  return {
    async fetch(peerId, run, secret, options) {
      const { documents } = await ask(peerId, { fetch: { run: fromHex(run), secret } }, options)
      return expect(documents, peerId).manifest
    },
    async join(peerId, run, claim, options) {
      const join = { ...claim, run: fromHex(run), ownData: claim.ownData ? 1 : 0 }
      const { accepted } = await ask(peerId, { join }, options)
      return expect(accepted, peerId).roster
    },
    async announce(peerId, run, roster, options) {
      const { current } = await ask(peerId, { announce: { run: fromHex(run), roster } }, options)
      return expect(current, peerId).roster
    },
    async presence(peerId, run, isPresent, options) {
      const presence = { run: fromHex(run), present: isPresent ? 1 : 0 }
      const { current } = await ask(peerId, { presence }, options)
      return expect(current, peerId).roster
    },
    async poll(peerId, run, options) {
      const { current } = await ask(peerId, { poll: { run: fromHex(run) } }, options)
      return expect(current, peerId).roster
    },
  }
}

async function answer(init: MembershipInit, request: Request, peerId: string): Promise<Response> {
  const { fetch, join, announce, presence, poll } = request
  if (fetch) return { documents: { manifest: init.fetch(toHex(fetch.run), fetch.secret) } }
  if (join) {
    const claim = { ...join, ownData: join.ownData === 1 }
    return { accepted: { roster: await init.join(toHex(join.run), peerId, claim) } }
  }
  if (announce) {
    const roster = await init.announce(toHex(announce.run), peerId, announce.roster)
    return { current: { roster } }
  }
  if (presence) {
    const isPresent = presence.present === 1
    const roster = await init.presence(toHex(presence.run), peerId, isPresent)
    return { current: { roster } }
  }
  return { current: { roster: init.poll(toHex(poll!.run), peerId) } }
}
