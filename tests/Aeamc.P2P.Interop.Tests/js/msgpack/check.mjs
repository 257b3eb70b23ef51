// Reads [{ hex, tree }] from standard input and answers [{ decoded, encoded }]: what @msgpack/msgpack makes of our bytes, and its bytes for our values.
// A tree is null, true, false, { n: decimal text }, { s: text }, { b: hexadecimal text } or { a: [tree, ...] }.
import { decode, encode } from "@msgpack/msgpack";

// 64-bit integers are BigInt on both sides; smaller ones must be Number, because the library writes every BigInt in 8 bytes.
const options = { useBigInt64: true };
const fromHex = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));
const toHex = (bytes) => Buffer.from(bytes).toString("hex");

function toTree(value) {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number" || typeof value === "bigint") return { n: value.toString() };
  if (typeof value === "string") return { s: value };
  if (value instanceof Uint8Array) return { b: toHex(value) };
  if (Array.isArray(value)) return { a: value.map(toTree) };
  throw new Error(`unexpected ${typeof value}`);
}

function fromTree(tree) {
  if (tree === null || typeof tree === "boolean") return tree;
  if ("n" in tree) {
    const value = BigInt(tree.n);
    return value >= -(2n ** 31n) && value < 2n ** 32n ? Number(value) : value;
  }
  if ("s" in tree) return tree.s;
  if ("b" in tree) return fromHex(tree.b);
  return tree.a.map(fromTree);
}

let input = "";
for await (const chunk of process.stdin) input += chunk;
const answers = JSON.parse(input).map(({ hex, tree }) => ({
  decoded: JSON.stringify(toTree(decode(fromHex(hex), options))),
  encoded: toHex(encode(fromTree(tree), options)),
}));
process.stdout.write(JSON.stringify(answers));
