// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {AeamcAnchor} from "../AeamcAnchor.sol";
import {FrostSecp256k1} from "../FrostSecp256k1.sol";
import {Signer} from "./Signer.sol";

contract AeamcAnchorTest is Signer {
    address private constant GUARDIAN = address(0xbeef);
    AeamcAnchor private _anchor;
    Key private _key;

    function setUp() public {
        _key = keyOf(7);
        _anchor = new AeamcAnchor("network", _key.x, _key.prefix, GUARDIAN);
    }

    function testFuzz_a_signed_checkpoint_becomes_the_head(AeamcAnchor.Checkpoint calldata c, uint256 nonce) public {
        vm.assume(c.height != 0);
        _anchor.anchor(c, sign(_key, _anchor.messageOf(c), nonce));
        (uint64 height, bytes24 message) = _anchor.headOf(c.clusterId);
        assert(height == c.height && message == bytes24(_anchor.messageOf(c)) && _anchor.isHead(c));
        // Again, with any signature at all: nothing is written, so there is nothing to allow.
        _anchor.anchor(c, FrostSecp256k1.Signature(0, 0, 0));
    }

    function testFuzz_an_unsigned_checkpoint_is_refused(AeamcAnchor.Checkpoint calldata c, FrostSecp256k1.Signature calldata s) public {
        vm.assume(c.height != 0);
        vm.expectRevert(AeamcAnchor.InvalidSignature.selector);
        _anchor.anchor(c, s);
    }

    function testFuzz_nothing_at_or_below_the_head_is_taken(AeamcAnchor.Checkpoint memory c, uint64 height, bytes32 root) public {
        vm.assume(c.height != 0 && height <= c.height && root != c.stateRoot);
        _anchor.anchor(c, sign(_key, _anchor.messageOf(c), 1));
        uint64 head = c.height;
        c.height = height;
        c.stateRoot = root;
        FrostSecp256k1.Signature memory s = sign(_key, _anchor.messageOf(c), 2);
        vm.expectRevert(abi.encodeWithSelector(AeamcAnchor.StaleCheckpoint.selector, height, head));
        _anchor.anchor(c, s);
    }

    function testFuzz_the_message_is_the_one_of_the_node(AeamcAnchor.Checkpoint calldata c) public view {
        bytes32 typeHash = sha256(
            "AeamcCheckpoint(bytes32 networkId,uint32 clusterId,uint64 epoch,uint64 height,bytes32 blockHash,bytes32 chainRoot,bytes32 stateRoot)"
        );
        assert(
            _anchor.messageOf(c)
                == sha256(abi.encode(typeHash, bytes32("network"), c.clusterId, c.epoch, c.height, c.blockHash, c.chainRoot, c.stateRoot))
        );
    }

    function testFuzz_only_the_guardian_pauses_by_sender(address sender) public {
        vm.assume(sender != GUARDIAN);
        vm.prank(sender);
        vm.expectRevert(AeamcAnchor.NotGuardian.selector);
        _anchor.pause();
    }

    function testFuzz_a_pause_stops_every_checkpoint(AeamcAnchor.Checkpoint calldata c) public {
        vm.prank(GUARDIAN);
        _anchor.pause();
        FrostSecp256k1.Signature memory s = sign(_key, _anchor.messageOf(c), 1);
        vm.expectRevert(AeamcAnchor.IsPaused.selector);
        _anchor.anchor(c, s);
    }

    function testFuzz_an_order_works_once(uint256 nonce) public {
        FrostSecp256k1.Signature memory pause = _order("AeamcPause(uint256 chainId,address anchor,uint64 nonce)", 0, nonce);
        _anchor.pause(pause);
        _anchor.unpause(_order("AeamcUnpause(uint256 chainId,address anchor,uint64 nonce)", 1, nonce));
        vm.expectRevert(AeamcAnchor.InvalidSignature.selector);
        _anchor.pause(pause);
    }

    function test_unpausing_takes_a_pause() public {
        FrostSecp256k1.Signature memory s = _order("AeamcUnpause(uint256 chainId,address anchor,uint64 nonce)", 0, 1);
        vm.expectRevert(AeamcAnchor.NotPaused.selector);
        _anchor.unpause(s);
    }

    function testFuzz_a_rotation_hands_all_power_over(uint256 seed, AeamcAnchor.Checkpoint calldata c) public {
        vm.assume(c.height != 0);
        Key memory next = keyOf(seed);
        vm.assume(next.secret != _key.secret);
        bytes32 message = sha256(
            abi.encode(
                sha256("AeamcRotate(uint256 chainId,address anchor,uint64 nonce,uint256 keyX,uint8 keyPrefix)"), block.chainid, address(_anchor),
                uint64(0), next.x, next.prefix
            )
        );
        _anchor.rotateKey(next.x, next.prefix, sign(_key, message, 1), sign(next, message, 2));
        FrostSecp256k1.Signature memory old = sign(_key, _anchor.messageOf(c), 3);
        vm.expectRevert(AeamcAnchor.InvalidSignature.selector);
        _anchor.anchor(c, old);
        _anchor.anchor(c, sign(next, _anchor.messageOf(c), 4));
    }

    function _order(string memory orderType, uint64 orderNonce, uint256 nonce) private returns (FrostSecp256k1.Signature memory) {
        return sign(_key, sha256(abi.encode(sha256(bytes(orderType)), block.chainid, address(_anchor), orderNonce)), nonce);
    }
}

/// What the invariant test lets loose on a contract: signed checkpoints in any order, duplicates, and the guardian's pauses with the group's answers.
contract Handler is Signer {
    AeamcAnchor public immutable anchor;
    mapping(uint32 => uint64) public highest;
    Key private _key;

    constructor() {
        _key = keyOf(11);
        anchor = new AeamcAnchor("network", _key.x, _key.prefix, address(this));
    }

    function submit(uint8 cluster, uint16 height, bytes32 root) external {
        AeamcAnchor.Checkpoint memory c = AeamcAnchor.Checkpoint(cluster % 3, 0, height, root, root, root);
        FrostSecp256k1.Signature memory s = sign(_key, anchor.messageOf(c), uint256(root));
        anchor.anchor(c, s);
        if (height > highest[c.clusterId]) highest[c.clusterId] = height;
    }

    function toggle(uint256 nonce) external {
        if (!anchor.paused()) {
            anchor.pause();
            return;
        }
        bytes32 order = sha256("AeamcUnpause(uint256 chainId,address anchor,uint64 nonce)");
        anchor.unpause(sign(_key, sha256(abi.encode(order, block.chainid, address(anchor), anchor.nonce())), nonce));
    }
}

contract AeamcAnchorInvariants {
    Handler private _handler;
    uint64[3] private _seen;

    function setUp() public {
        _handler = new Handler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function invariant_a_head_is_the_highest_checkpoint_ever_taken() public {
        for (uint32 cluster = 0; cluster < 3; cluster++) {
            (uint64 height,) = _handler.anchor().headOf(cluster);
            assert(height == _handler.highest(cluster));
            assert(height >= _seen[cluster]);
            _seen[cluster] = height;
        }
    }
}
