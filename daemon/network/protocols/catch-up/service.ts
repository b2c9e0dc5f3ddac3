import { fromHex, toHex } from '../../../../crypto/index.ts'
import { cut, join } from '../../chunks.ts'
import { TruncatedFrameError } from '../../errors.ts'
import type { Transport } from '../../protocol.ts'
import { single } from '../../single.ts'
import { catchUp } from './constants.ts'
import { CatchUpRefusedError, InvalidCatchUpError } from './errors.ts'
import type { CatchUpInit, CatchUpService } from './interface.ts'
import { decodeHead, decodeRequest, encodeHead, encodeRequest } from './message.ts'

export async function serveCatchUp(
  transport: Transport,
  init: CatchUpInit,
): Promise<CatchUpService> {
  await transport.serve(catchUp, async function* (frames, { peerId }) {
    const request = decodeRequest(await single(frames))
    const run = toHex(request.run)
    const snapshot = await init.snapshotFor(run, peerId)
    if (snapshot === undefined) throw new CatchUpRefusedError(peerId, run)
    if (snapshot === null || snapshot.round <= request.round) {
      yield encodeHead({ round: snapshot?.round ?? 0, length: 0 })
      return
    }
    if (snapshot.parameters === null) {
      yield encodeHead({ round: snapshot.round, length: 0 })
      return
    }
    const bytes = toBytes(snapshot.parameters)
    if (!(await init.mayGive(run, bytes.length))) {
      yield encodeHead({ round: 0, length: 0 })
      return
    }
    yield encodeHead({ round: snapshot.round, length: bytes.length })
    yield* cut(bytes)
  })

  return {
    async ask(run, peerId, round, size, { signal } = {}) {
      const request = encodeRequest({ run: fromHex(run), round })
      const frames = transport.call(peerId, catchUp, [request], { signal })
      try {
        const first = await frames.next()
        if (first.done === true) throw new TruncatedFrameError()
        const head = decodeHead(first.value)
        if (head.length === 0) {
          return head.round > round ? { round: head.round, parameters: null } : null
        }
        if (head.length !== 4 * size) {
          throw new InvalidCatchUpError(peerId, `${head.length} bytes for ${size} parameters`)
        }
        if (head.round <= round) return null
        const bytes = await join(frames, head.length, catchUp.limits.seconds)
        return { round: head.round, parameters: toParameters(bytes, peerId) }
      } finally {
        await frames.return(undefined)
      }
    },
  }
}

function toBytes(parameters: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * parameters.length))
  for (let i = 0; i < parameters.length; i++) view.setFloat32(4 * i, parameters[i]!, true)
  return new Uint8Array(view.buffer)
}

function toParameters(bytes: Uint8Array, peerId: string): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const parameters = new Float32Array(bytes.length / 4)
  for (let i = 0; i < parameters.length; i++) {
    const value = view.getFloat32(4 * i, true)
    if (!Number.isFinite(value)) throw new InvalidCatchUpError(peerId, `value ${i} is ${value}`)
    parameters[i] = value
  }
  return parameters
}
