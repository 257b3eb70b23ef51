// Pubsub settings that both generations of js-libp2p share.
import { createHash } from 'node:crypto'

/** Ours without signatures: SHA-256 over a domain, the topic and the data, 20 bytes. */
const contentId = message => createHash('sha256')
  .update('aeamc/v2/gossip/')
  .update(message.topic)
  .update(message.data)
  .digest()
  .subarray(0, 20)

/**
 * The specification's with signatures: the author's peer id, then the sequence number. js-libp2p by itself takes the author's
 * public key instead, so without this its gossip names ids that go-libp2p and we have never seen.
 */
const signedId = message => {
  const number = Buffer.alloc(8)
  number.writeBigUInt64BE(message.sequenceNumber)
  return Buffer.concat([message.from.toMultihash().bytes, number])
}

export const gossipsubOptions = policy => ({
  globalSignaturePolicy: policy,
  allowPublishToZeroTopicPeers: true,
  // Peers on loopback share an address, which is what this score is against.
  scoreParams: { IPColocationFactorWeight: 0 },
  msgIdFn: policy === 'StrictNoSign' ? contentId : signedId
})
