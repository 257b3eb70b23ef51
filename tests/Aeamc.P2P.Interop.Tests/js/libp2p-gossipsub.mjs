// Pubsub settings that both generations of js-libp2p share.
import { createHash } from 'node:crypto'

/** Ours without signatures: SHA-256 over a domain, the topic and the data, 20 bytes. */
const contentId = message => createHash('sha256')
  .update('aeamc/v2/gossip/')
  .update(message.topic)
  .update(message.data)
  .digest()
  .subarray(0, 20)

export const gossipsubOptions = policy => ({
  globalSignaturePolicy: policy,
  allowPublishToZeroTopicPeers: true,
  // Peers on loopback share an address, which is what this score is against.
  scoreParams: { IPColocationFactorWeight: 0 },
  ...(policy === 'StrictNoSign' ? { msgIdFn: contentId } : {})
})
