// A js-libp2p peer that a test drives by lines of JSON: commands {id, name, ...} on standard input, answers {id, result} or {id, error} and
// events {event, ...} on standard output. It ends with its standard input. What differs between generations of js-libp2p comes as `adapt`.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'

const ECHO = '/aeamc-test/echo/1'
const SINK = '/aeamc-test/sink/1'
const RESET = '/aeamc-test/reset/1'

const say = line => process.stdout.write(JSON.stringify(line) + '\n')
const flatten = chunk => chunk instanceof Uint8Array ? chunk : chunk.subarray()

/** Bytes that both sides can make: byte i is i mod 251. Each call gives memory of its own, since senders may keep it. */
const period = Uint8Array.from({ length: 251 * 1024 }, (_, i) => i % 251)
const pattern = (start, length) => {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length;) {
    const from = (start + at) % 251
    const part = period.subarray(from, from + length - at)
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

export async function run (node, adapt) {
  const pubsub = node.services.pubsub
  const identified = new Map()
  node.addEventListener('peer:identify', ({ detail }) => {
    identified.set(detail.peerId.toString(), {
      agentVersion: detail.agentVersion,
      protocolVersion: detail.protocolVersion,
      protocols: detail.protocols,
      listenAddresses: detail.listenAddrs.map(String),
      observedAddress: String(detail.observedAddr ?? ''),
      signedRecord: detail.signedPeerRecord == null ? null : detail.signedPeerRecord.addresses.map(String)
    })
  })
  node.addEventListener('peer:connect', ({ detail }) => say({ event: 'connected', peer: String(detail) }))
  node.addEventListener('peer:disconnect', ({ detail }) => say({ event: 'disconnected', peer: String(detail) }))
  pubsub?.addEventListener('message', ({ detail }) => say({
    event: 'message',
    topic: detail.topic,
    from: detail.from == null ? null : String(detail.from),
    data: Buffer.from(detail.data).toString('hex')
  }))

  await node.handle(ECHO, adapt.handler(async stream => {
    for await (const chunk of adapt.read(stream)) await adapt.write(stream, flatten(chunk))
    await adapt.closeWrite(stream)
  }))
  await node.handle(SINK, adapt.handler(async stream => {
    const hash = createHash('sha256')
    let count = 0
    for await (const chunk of adapt.read(stream)) {
      const bytes = flatten(chunk)
      hash.update(bytes)
      count += bytes.length
    }
    await adapt.write(stream, Buffer.from(`${count} ${hash.digest('hex')}`))
    await adapt.closeWrite(stream)
  }))
  await node.handle(RESET, adapt.handler(async stream => {
    for await (const _ of adapt.read(stream)) break
    stream.abort(new Error('reset as asked'))
  }))

  const peerOf = text => node.getPeers().find(peer => peer.toString() === text) ?? (() => { throw new Error(`${text} is not connected`) })()
  const collect = async stream => {
    const chunks = []
    for await (const chunk of adapt.read(stream)) chunks.push(flatten(chunk))
    return Buffer.concat(chunks)
  }

  const commands = {
    dial: async ({ address }) => String((await node.dial(adapt.multiaddr(address))).remotePeer),
    hangUp: async ({ peer }) => { await node.hangUp(peerOf(peer)) },
    ping: async ({ peer }) => await node.services.ping.ping(peerOf(peer)),
    identity: async ({ peer }) => identified.get(peer) ?? null,
    peers: async () => node.getPeers().map(String),
    connections: async () => node.getConnections().map(c => ({ peer: String(c.remotePeer), encryption: c.encryption, multiplexer: c.multiplexer })),
    // Sends `size` bytes on a new stream while reading, half-closes, reads to the end.
    echo: async ({ peer, size, chunk }) => {
      const stream = await node.dialProtocol(peerOf(peer), ECHO)
      const reading = collect(stream)
      for (let sent = 0; sent < size; sent += chunk) await adapt.write(stream, pattern(sent, Math.min(chunk, size - sent)))
      await adapt.closeWrite(stream)
      const back = await reading
      return { length: back.length, equal: Buffer.compare(back, Buffer.from(pattern(0, size))) === 0 }
    },
    // Sends `size` bytes and gives the answer as text.
    sink: async ({ peer, size, chunk }) => {
      const stream = await node.dialProtocol(peerOf(peer), SINK)
      const reading = collect(stream)
      for (let sent = 0; sent < size; sent += chunk) await adapt.write(stream, pattern(sent, Math.min(chunk, size - sent)))
      await adapt.closeWrite(stream)
      return (await reading).toString()
    },
    reset: async ({ peer }) => {
      const stream = await node.dialProtocol(peerOf(peer), RESET)
      await adapt.write(stream, Uint8Array.of(1))
      try {
        const back = await collect(stream)
        return `ended after ${back.length}`
      } catch (error) {
        return error.name
      }
    },
    serve: async ({ protocol }) => { await node.handle(protocol, () => {}) },
    subscribe: async ({ topic }) => { pubsub.subscribe(topic) },
    unsubscribe: async ({ topic }) => { pubsub.unsubscribe(topic) },
    publish: async ({ topic, data }) => (await pubsub.publish(topic, Buffer.from(data, 'hex'))).recipients.map(String),
    // Those that a message would reach: js hears of a subscription before its own stream to the subscriber is open, and drops what it publishes in between.
    subscribers: async ({ topic }) => pubsub.getSubscribers(topic).map(String).filter(peer => pubsub.streamsOutbound.has(peer)),
    meshPeers: async ({ topic }) => pubsub.getMeshPeers(topic)
  }

  say({ event: 'ready', peer: String(node.peerId), addresses: node.getMultiaddrs().map(String) })
  for await (const line of createInterface({ input: process.stdin })) {
    const { id, name, ...rest } = JSON.parse(line)
    Promise.resolve().then(() => commands[name](rest)).then(
      result => say({ id, result: result ?? null }),
      error => say({ id, error: `${error.name}: ${error.message}` }))
  }
  await node.stop()
  process.exit(0)
}
