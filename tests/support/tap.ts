/** What reaches the exchanges of this process: frames as they are once the connection has decrypted them. */
import type { BufferedExchange, ExchangeInit } from '../../src/learning/index.ts'

export interface TappedFrame {
  /** Ranks that the receiver hears from. */
  readonly sources: readonly number[]
  readonly source: number
  readonly bytes: Uint8Array
}

type Create = (init: ExchangeInit) => BufferedExchange

/** `createExchange`, with somebody who is shown each frame before the exchange is. */
export function tapped(create: Create, see: (frame: TappedFrame) => void): Create {
  return (init) => {
    const exchange = create(init)
    const deliver = exchange.deliver.bind(exchange)
    return Object.assign(exchange, {
      deliver(source: number, bytes: Uint8Array) {
        see({ sources: init.sourcesOf(0), source, bytes: bytes.slice() })
        return deliver(source, bytes)
      },
    })
  }
}
