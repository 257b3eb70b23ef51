// Reads one command from standard input and answers it with @noble/curves' own FROST(secp256k1, SHA-256); all bytes are hexadecimal.
// verify { signature, message, key } -> { valid }
// sign   { message } -> { signature, key }: by 2 of 3 members of a key of noble's making.
// join   { message, key, min, verifyingShares, identifier, secret, others: [{ identifier, hiding, binding }] } -> { hiding, binding, share }:
//        noble is one signer of a session whose other signers are ours.
import { secp256k1_FROST as frost } from "@noble/curves/secp256k1.js";

const fromHex = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");

const commands = {
  verify({ signature, message, key }) {
    return { valid: frost.verify(fromHex(signature), fromHex(message), fromHex(key)) };
  },

  sign({ message }) {
    const dealt = frost.trustedDealer({ min: 2, max: 3 });
    const signers = Object.values(dealt.secretShares).filter((_, i) => i !== 1);
    const nonces = signers.map((signer) => frost.commit(signer));
    const list = nonces.map((nonce) => nonce.commitments);
    const shares = {};
    signers.forEach((signer, i) => {
      shares[signer.identifier] = frost.signShare(signer, dealt.public, nonces[i].nonces, list, fromHex(message));
    });
    const signature = frost.aggregate(dealt.public, list, fromHex(message), shares);
    return { signature: toHex(signature), key: toHex(dealt.public.commitments[0]) };
  },

  join({ message, key, min, verifyingShares, identifier, secret, others }) {
    const id = frost.Identifier.fromNumber(identifier);
    const shares = Object.fromEntries(verifyingShares.map((share, i) => [frost.Identifier.fromNumber(i + 1), fromHex(share)]));
    const pub = { signers: { min, max: verifyingShares.length }, commitments: [fromHex(key)], verifyingShares: shares };
    const own = { identifier: id, signingShare: fromHex(secret) };
    const nonce = frost.commit(own);
    const list = others
      .map((other) => ({ identifier: frost.Identifier.fromNumber(other.identifier), hiding: fromHex(other.hiding), binding: fromHex(other.binding) }))
      .concat([nonce.commitments]);
    const { hiding, binding } = nonce.commitments;
    const answer = { hiding: toHex(hiding), binding: toHex(binding) };
    return { ...answer, share: toHex(frost.signShare(own, pub, nonce.nonces, list, fromHex(message))) };
  },
};

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { command, ...fields } = JSON.parse(input);
process.stdout.write(JSON.stringify(commands[command](fields)));
