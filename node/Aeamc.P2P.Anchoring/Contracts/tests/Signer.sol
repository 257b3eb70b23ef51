// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FrostSecp256k1} from "../FrostSecp256k1.sol";

/// The part of forge's cheat codes that these tests use.
interface Vm {
    struct Wallet {
        address addr;
        uint256 publicKeyX;
        uint256 publicKeyY;
        uint256 privateKey;
    }

    function createWallet(uint256 privateKey) external returns (Wallet memory);
    function prank(address sender) external;
    function expectRevert(bytes calldata revertData) external;
    function expectRevert(bytes4 selector) external;
    function assume(bool condition) external pure;
}

/// Makes the signatures that a group makes, from the whole key: to a verifier there is no difference.
abstract contract Signer {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    struct Key {
        uint256 secret;
        uint256 x;
        uint8 prefix;
    }

    /// A key for any number. Keys whose x is not below the group's order do not occur by chance.
    function keyOf(uint256 seed) internal returns (Key memory) {
        uint256 secret = 1 + seed % (FrostSecp256k1.N - 1);
        Vm.Wallet memory wallet = vm.createWallet(secret);
        return Key(secret, wallet.publicKeyX, uint8(2 + wallet.publicKeyY % 2));
    }

    function sign(Key memory key, bytes32 message, uint256 nonceSeed) internal returns (FrostSecp256k1.Signature memory) {
        uint256 k = 1 + nonceSeed % (FrostSecp256k1.N - 1);
        Vm.Wallet memory r = vm.createWallet(k);
        uint256 c = challengeOf(key, message, r.publicKeyX, uint8(2 + r.publicKeyY % 2));
        return FrostSecp256k1.Signature(
            r.publicKeyX, r.publicKeyY, addmod(k, mulmod(c, key.secret, FrostSecp256k1.N), FrostSecp256k1.N)
        );
    }

    /// RFC 9380's hash_to_field written out plainly, to be compared with the contract's.
    function challengeOf(Key memory key, bytes32 message, uint256 rx, uint8 rPrefix) internal pure returns (uint256) {
        bytes memory tag = abi.encodePacked("FROST-secp256k1-SHA256-v1chal", uint8(29));
        bytes32 b0 = sha256(
            abi.encodePacked(new bytes(64), rPrefix, rx, key.prefix, key.x, message, uint16(48), uint8(0), tag)
        );
        bytes32 b1 = sha256(abi.encodePacked(b0, uint8(1), tag));
        bytes32 b2 = sha256(abi.encodePacked(b0 ^ b1, uint8(2), tag));
        return addmod(mulmod(uint256(b1), 1 << 128, FrostSecp256k1.N), uint256(b2) >> 128, FrostSecp256k1.N);
    }
}
