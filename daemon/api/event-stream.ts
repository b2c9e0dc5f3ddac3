/** Server-sent events as an async iterable: the client's half of a run's event stream. */

export interface ServerSentEvent {
  readonly event: string
  readonly data: string
}

/** Splits a byte stream into events. Fields other than `event` and `data` are ignored, as the standard says. */
export async function* readEvents(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder()
  let buffered = ''
  for await (const chunk of chunks) {
    buffered += decoder.decode(chunk, { stream: true })
    let end = buffered.indexOf('\n\n')
    while (end >= 0) {
      yield parseEvent(buffered.slice(0, end))
      buffered = buffered.slice(end + 2)
      end = buffered.indexOf('\n\n')
    }
  }
}

function parseEvent(block: string): ServerSentEvent {
  let event = 'message'
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event:')) event = line.slice(6).trim()
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''))
  }
  return { event, data: data.join('\n') }
}
