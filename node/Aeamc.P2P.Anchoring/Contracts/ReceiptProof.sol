// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// The path from a device's entry to a chain root, all SHA-256: RFC 6962 trees with leaf prefix 0x00 and node prefix 0x01.
library ReceiptProof {
    /// Aeamc.P2P.Consensus.Proofs.ReceiptProof, as far as a checkpoint.
    struct Proof {
        /// The entry's kind, then its bytes.
        bytes entry;
        /// The entry's place in its block.
        uint16 index;
        /// Siblings from the entry up to the block's entries root, lowest first.
        bytes32[] entryPath;
        /// The block's header.
        bytes header;
        /// Siblings from the block up to the chain root, lowest first.
        bytes32[] chainPath;
    }

    // Aeamc.P2P.Consensus.Microblocks.MicroblockHeader; its numbers are little-endian.
    uint256 private constant HEADER_SIZE = 317;
    uint256 private constant CLUSTER = 5;
    uint256 private constant RECEIPT_COUNT = 81;
    uint256 private constant HEIGHT = 83;
    uint256 private constant ENTRIES_ROOT = 109;
    bytes5 private constant MAGIC_AND_VERSION = 0xaeaeaeae02;

    /// Whether the entry is in a block of this cluster under the chain root of the block at `head`.
    function verify(Proof calldata proof, uint32 clusterId, uint64 head, bytes32 chainRoot) internal pure returns (bool) {
        bytes calldata header = proof.header;
        if (header.length != HEADER_SIZE || bytes5(header[:5]) != MAGIC_AND_VERSION) return false;
        if (_littleEndian(header[CLUSTER:CLUSTER + 4]) != clusterId) return false;

        // A root does not tell how many leaves it has: the counts come from the header and from the checkpoint.
        uint256 height = _littleEndian(header[HEIGHT:HEIGHT + 8]);
        bytes32 leaf = sha256(abi.encodePacked(uint8(0), proof.entry));
        if (!_leads(leaf, proof.index, _littleEndian(header[RECEIPT_COUNT:RECEIPT_COUNT + 2]), proof.entryPath, bytes32(header[ENTRIES_ROOT:ENTRIES_ROOT + 32]))) {
            return false;
        }
        bytes32 blockLeaf = sha256(abi.encodePacked(uint8(0), sha256(header)));
        return _leads(blockLeaf, height, uint256(head) + 1, proof.chainPath, chainRoot);
    }

    // RFC 6962, 2.1.1, in the order of Aeamc.P2P.Primitives.MerkleTree.TryRootFromPath: a last node with an even index has no sibling and is
    // carried up. A path of another length than the place asks for is refused.
    function _leads(bytes32 node, uint256 index, uint256 count, bytes32[] calldata path, bytes32 root) private pure returns (bool) {
        if (index >= count) return false;
        uint256 last = count - 1;
        uint256 used = 0;
        while (last != 0) {
            if (index & 1 == 1 || index != last) {
                if (used == path.length) return false;
                bytes32 sibling = path[used++];
                node = index & 1 == 0 ? _node(node, sibling) : _node(sibling, node);
            }
            index >>= 1;
            last >>= 1;
        }
        return used == path.length && node == root;
    }

    function _node(bytes32 left, bytes32 right) private pure returns (bytes32) {
        return sha256(abi.encodePacked(uint8(1), left, right));
    }

    function _littleEndian(bytes calldata number) private pure returns (uint256 value) {
        for (uint256 i = number.length; i > 0; i--) {
            value = value << 8 | uint8(number[i - 1]);
        }
    }
}
