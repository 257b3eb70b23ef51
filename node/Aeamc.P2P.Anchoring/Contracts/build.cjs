// Run by ./build.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const solc = require('solc');

const names = ['AeamcAnchor.sol', 'FrostSecp256k1.sol', 'ReceiptProof.sol'];
const settings = {
  // The oldest rules this solc supports; later chains run the code unchanged, and Berlin does too, as the code does not ask for the base fee.
  evmVersion: 'london',
  viaIR: true,
  optimizer: { enabled: true, runs: 1000000 },
  // No metadata hash: the bytecode is a function of the code alone, and not of comments.
  metadata: { appendCBOR: false, bytecodeHash: 'none' },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
};
const sources = Object.fromEntries(names.map(name => [name, { content: fs.readFileSync(path.join(__dirname, name), 'utf8') }]));
const output = JSON.parse(solc.compile(JSON.stringify({ language: 'Solidity', sources, settings })));
for (const problem of output.errors ?? []) {
  console.error(problem.formattedMessage);
}
if (output.errors?.length) process.exit(1);

const contract = output.contracts['AeamcAnchor.sol'].AeamcAnchor;
const { outputSelection, ...used } = settings;
const artifact = JSON.stringify({ compiler: solc.version(), settings: used, abi: contract.abi, bytecode: '0x' + contract.evm.bytecode.object }, null, 2) + '\n';
const target = path.join(__dirname, 'AeamcAnchor.json');
if (process.argv[2] === '--check') {
  if (fs.readFileSync(target, 'utf8') !== artifact) {
    console.error('AeamcAnchor.json is not what the sources give; run node/Aeamc.P2P.Anchoring/Contracts/build and commit it.');
    process.exit(1);
  }
  console.log('AeamcAnchor.json is what the sources give.');
} else {
  fs.writeFileSync(target, artifact);
  console.log(`AeamcAnchor.json written, ${contract.evm.bytecode.object.length / 2} bytes of init code.`);
}
