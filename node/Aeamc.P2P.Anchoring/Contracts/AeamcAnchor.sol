// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FrostSecp256k1} from "./FrostSecp256k1.sol";
import {ReceiptProof} from "./ReceiptProof.sol";

/// Keeps the newest co-signed checkpoint of each cluster of one AEAMC network.
///
/// The only authority is the committee's group key, whose signature is RFC 9591's; who sends a transaction does not matter. There is no owner and no
/// upgrade. The guardian can stop anchoring and nothing else; only the group key starts it again.
contract AeamcAnchor {
    /// What the committee signs: Aeamc.P2P.Primitives.Checkpoint. `networkId` is the contract's own.
    struct Checkpoint {
        uint32 clusterId;
        uint64 epoch;
        uint64 height;
        bytes32 blockHash;
        bytes32 chainRoot;
        bytes32 stateRoot;
    }

    // SHA-256 of
    // "AeamcCheckpoint(bytes32 networkId,uint32 clusterId,uint64 epoch,uint64 height,bytes32 blockHash,bytes32 chainRoot,bytes32 stateRoot)",
    // as a number: the compiler would hash it anew in each anchor.
    bytes32 private constant CHECKPOINT_TYPE = 0x695da117ceb60c6a33c31e7e6b729b17c9613a7497e1e0b11cb539849b5394ac;
    bytes32 private constant ROTATE_TYPE = sha256("AeamcRotate(uint256 chainId,address anchor,uint64 nonce,uint256 keyX,uint8 keyPrefix)");
    bytes32 private constant PAUSE_TYPE = sha256("AeamcPause(uint256 chainId,address anchor,uint64 nonce)");
    bytes32 private constant UNPAUSE_TYPE = sha256("AeamcUnpause(uint256 chainId,address anchor,uint64 nonce)");

    /// SHA-256 of the network's name.
    bytes32 public immutable networkId;

    /// May only pause. Zero: nobody may but the group.
    address public immutable guardian;

    /// The group key's x coordinate.
    uint256 public keyX;

    /// 2 when the group key's y is even, 3 when it is odd.
    uint8 public keyPrefix;

    bool public paused;

    /// Counts rotations, pauses and unpauses signed by the group, so that none of these signatures works twice.
    uint64 public nonce;

    // The first 24 bytes of the checkpoint's signed message, then its height in 8: all of a head in one slot, the dearest thing here.
    mapping(uint32 clusterId => uint256) private _heads;

    event Anchored(uint32 indexed clusterId, uint64 indexed height, uint64 epoch, bytes32 blockHash, bytes32 chainRoot, bytes32 stateRoot);
    event KeyRotated(uint256 keyX, uint8 keyPrefix);
    event Paused(address by);
    event Unpaused();

    /// This chain's precompile 0x01 or 0x02 does not do what Ethereum's does.
    error PrecompileMissing(uint8 precompile);
    error InvalidKey();
    error InvalidSignature();
    error StaleCheckpoint(uint64 height, uint64 head);
    error IsPaused();
    error NotPaused();
    error NotGuardian();

    constructor(bytes32 networkId_, uint256 keyX_, uint8 keyPrefix_, address guardian_) {
        _selfTest();
        if (!FrostSecp256k1.isKey(keyX_, keyPrefix_)) revert InvalidKey();
        networkId = networkId_;
        guardian = guardian_;
        keyX = keyX_;
        keyPrefix = keyPrefix_;
        emit KeyRotated(keyX_, keyPrefix_);
    }

    /// Stores a checkpoint that is higher than its cluster's head. The head itself again is accepted and changes nothing, so that two senders of one
    /// certificate both succeed; anything else at or below the head is refused.
    function anchor(Checkpoint calldata checkpoint, FrostSecp256k1.Signature calldata signature) external {
        if (paused) revert IsPaused();
        bytes32 message = messageOf(checkpoint);
        uint256 stored = _heads[checkpoint.clusterId];
        uint256 offered = _head(message, checkpoint.height);
        if (offered == stored) return;
        if (checkpoint.height <= uint64(stored)) revert StaleCheckpoint(checkpoint.height, uint64(stored));
        _requireSigned(message, signature);
        _heads[checkpoint.clusterId] = offered;
        emit Anchored(
            checkpoint.clusterId, checkpoint.height, checkpoint.epoch, checkpoint.blockHash, checkpoint.chainRoot, checkpoint.stateRoot
        );
    }

    /// A cluster's head: its height and the first 24 bytes of its signed message; zeros before the first anchor.
    function headOf(uint32 clusterId) external view returns (uint64 height, bytes24 message) {
        uint256 stored = _heads[clusterId];
        return (uint64(stored), bytes24(bytes32(stored)));
    }

    /// Whether this very checkpoint is its cluster's head, so that its roots may be trusted.
    function isHead(Checkpoint calldata checkpoint) public view returns (bool) {
        return checkpoint.height != 0 && _heads[checkpoint.clusterId] == _head(messageOf(checkpoint), checkpoint.height);
    }

    /// The 32 bytes that the committee signs for a checkpoint. They do not name this chain: one signature serves every chain.
    function messageOf(Checkpoint calldata checkpoint) public view returns (bytes32) {
        return sha256(
            abi.encode(
                CHECKPOINT_TYPE, networkId, checkpoint.clusterId, checkpoint.epoch, checkpoint.height, checkpoint.blockHash,
                checkpoint.chainRoot, checkpoint.stateRoot
            )
        );
    }

    /// Whether an entry is in the chain that a head stands for: entry -> entries root of a block -> block -> chain root of the head. The head moves on
    /// with each anchor, so the proof is made for the newest checkpoint; nodes make one for any.
    function verifyReceipt(Checkpoint calldata checkpoint, ReceiptProof.Proof calldata proof) external view returns (bool) {
        return isHead(checkpoint)
            && ReceiptProof.verify(proof, checkpoint.clusterId, checkpoint.height, checkpoint.chainRoot);
    }

    /// Replaces the group key. Both keys sign the same message: the old one allows it, the new one shows that it can sign.
    function rotateKey(
        uint256 newX,
        uint8 newPrefix,
        FrostSecp256k1.Signature calldata byOld,
        FrostSecp256k1.Signature calldata byNew
    ) external {
        if (!FrostSecp256k1.isKey(newX, newPrefix)) revert InvalidKey();
        bytes32 message = sha256(abi.encode(ROTATE_TYPE, block.chainid, address(this), nonce, newX, newPrefix));
        _requireSigned(message, byOld);
        if (!FrostSecp256k1.verify(newX, newPrefix, message, byNew)) revert InvalidSignature();
        nonce++;
        keyX = newX;
        keyPrefix = newPrefix;
        emit KeyRotated(newX, newPrefix);
    }

    /// Stops anchoring, by the guardian.
    function pause() external {
        if (msg.sender != guardian) revert NotGuardian();
        _pause();
    }

    /// Stops anchoring, by the group.
    function pause(FrostSecp256k1.Signature calldata signature) external {
        _requireSigned(_order(PAUSE_TYPE), signature);
        nonce++;
        _pause();
    }

    /// Starts anchoring again; only the group can.
    function unpause(FrostSecp256k1.Signature calldata signature) external {
        if (!paused) revert NotPaused();
        _requireSigned(_order(UNPAUSE_TYPE), signature);
        nonce++;
        paused = false;
        emit Unpaused();
    }

    function _pause() private {
        if (paused) revert IsPaused();
        paused = true;
        emit Paused(msg.sender);
    }

    function _order(bytes32 orderType) private view returns (bytes32) {
        return sha256(abi.encode(orderType, block.chainid, address(this), nonce));
    }

    function _requireSigned(bytes32 message, FrostSecp256k1.Signature calldata signature) private view {
        if (!FrostSecp256k1.verify(keyX, keyPrefix, message, signature)) revert InvalidSignature();
    }

    function _head(bytes32 message, uint64 height) private pure returns (uint256) {
        return (uint256(message) & ~uint256(type(uint64).max)) | height;
    }

    // A chain without these precompiles answers with nothing instead of failing, and would otherwise be noticed at the first anchor only.
    function _selfTest() private view {
        (bool ok, bytes memory answer) = address(2).staticcall("abc");
        if (!ok || answer.length != 32 || bytes32(answer) != 0xba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad) {
            revert PrecompileMissing(2);
        }

        // s * Q - h * G with Q = G, r = Gx, s = 2 * Gx and h = Gx is G: the address of the private key 1.
        uint256 gx = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798;
        (ok, answer) = address(1).staticcall(abi.encode(gx, 27, gx, mulmod(gx, 2, FrostSecp256k1.N)));
        if (!ok || answer.length != 32 || bytes32(answer) != bytes32(uint256(uint160(0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf)))) {
            revert PrecompileMissing(1);
        }
    }
}
