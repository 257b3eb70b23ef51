// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FrostSecp256k1} from "../FrostSecp256k1.sol";
import {Signer} from "./Signer.sol";

/// The library's internal functions from outside.
contract Verifier {
    function verify(uint256 x, uint8 prefix, bytes32 message, FrostSecp256k1.Signature calldata s) external view returns (bool) {
        return FrostSecp256k1.verify(x, prefix, message, s);
    }

    function challenge(uint256 x, uint8 prefix, bytes32 message, uint256 rx, uint8 rPrefix) external view returns (uint256) {
        return FrostSecp256k1.challenge(x, prefix, message, rx, rPrefix);
    }

    function isKey(uint256 x, uint8 prefix) external pure returns (bool) {
        return FrostSecp256k1.isKey(x, prefix);
    }
}

contract FrostSecp256k1Test is Signer {
    Verifier private immutable _verifier = new Verifier();

    function testFuzz_the_challenge_is_hash_to_field(uint256 seed, bytes32 message, uint256 rx, bool odd) public {
        Key memory key = keyOf(seed);
        uint8 prefix = odd ? 3 : 2;
        assert(_verifier.challenge(key.x, key.prefix, message, rx, prefix) == challengeOf(key, message, rx, prefix));
    }

    function testFuzz_a_signature_verifies(uint256 seed, uint256 nonce, bytes32 message) public {
        Key memory key = keyOf(seed);
        assert(_verifier.verify(key.x, key.prefix, message, sign(key, message, nonce)));
    }

    function testFuzz_another_message_does_not_verify(uint256 seed, uint256 nonce, bytes32 message, bytes32 other) public {
        vm.assume(message != other);
        Key memory key = keyOf(seed);
        assert(!_verifier.verify(key.x, key.prefix, other, sign(key, message, nonce)));
    }

    function testFuzz_another_key_does_not_verify(uint256 seed, uint256 other, uint256 nonce, bytes32 message) public {
        Key memory key = keyOf(seed);
        Key memory foreign = keyOf(other);
        vm.assume(key.secret != foreign.secret);
        assert(!_verifier.verify(foreign.x, foreign.prefix, message, sign(key, message, nonce)));
        assert(!_verifier.verify(key.x, 5 - key.prefix, message, sign(key, message, nonce)));
    }

    function testFuzz_a_changed_signature_does_not_verify(uint256 seed, uint256 nonce, bytes32 message, uint256 change) public {
        vm.assume(change != 0);
        Key memory key = keyOf(seed);
        FrostSecp256k1.Signature memory s = sign(key, message, nonce);
        FrostSecp256k1.Signature memory x = FrostSecp256k1.Signature(s.rx ^ change, s.ry, s.z);
        FrostSecp256k1.Signature memory y = FrostSecp256k1.Signature(s.rx, s.ry ^ change, s.z);
        FrostSecp256k1.Signature memory z = FrostSecp256k1.Signature(s.rx, s.ry, s.z ^ change);
        assert(!_verifier.verify(key.x, key.prefix, message, x));
        assert(!_verifier.verify(key.x, key.prefix, message, y));
        assert(!_verifier.verify(key.x, key.prefix, message, z));
    }

    function testFuzz_garbage_does_not_verify(uint256 seed, bytes32 message, FrostSecp256k1.Signature calldata garbage) public {
        Key memory key = keyOf(seed);
        assert(!_verifier.verify(key.x, key.prefix, message, garbage));
    }

    function testFuzz_numbers_beyond_their_field_are_refused(uint256 seed, uint256 nonce, bytes32 message) public {
        Key memory key = keyOf(seed);
        FrostSecp256k1.Signature memory s = sign(key, message, nonce);
        assert(!_verifier.verify(key.x, key.prefix, message, FrostSecp256k1.Signature(s.rx, s.ry, 0)));
        // The same z modulo the order, where it still fits a word.
        if (s.z <= type(uint256).max - FrostSecp256k1.N) {
            assert(!_verifier.verify(key.x, key.prefix, message, FrostSecp256k1.Signature(s.rx, s.ry, s.z + FrostSecp256k1.N)));
        }
        assert(!_verifier.verify(key.x, key.prefix, message, FrostSecp256k1.Signature(s.rx, s.ry, FrostSecp256k1.N)));
    }

    function testFuzz_keys_of_the_curve_are_keys(uint256 seed) public {
        Key memory key = keyOf(seed);
        assert(_verifier.isKey(key.x, 2) && _verifier.isKey(key.x, 3));
        assert(!_verifier.isKey(key.x, 0) && !_verifier.isKey(key.x, 4));
    }

    function test_what_is_no_key() public view {
        assert(!_verifier.isKey(0, 2));
        assert(!_verifier.isKey(FrostSecp256k1.N, 2));
        assert(!_verifier.isKey(type(uint256).max, 2));
        // 5^3 + 7 = 132 is no square modulo P.
        assert(!_verifier.isKey(5, 2));
    }
}
