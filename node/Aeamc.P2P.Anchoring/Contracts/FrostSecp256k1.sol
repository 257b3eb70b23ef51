// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Verifies FROST(secp256k1, SHA-256) of RFC 9591, unchanged, for messages of 32 bytes: z * G == R + c * P.
/// The precompiles 0x01 (ecrecover) and 0x02 (SHA-256) do the work; no curve arithmetic is done here.
library FrostSecp256k1 {
    /// The field's prime.
    uint256 internal constant P = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F;

    /// The group's order.
    uint256 internal constant N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    /// R as an affine point, then z.
    struct Signature {
        uint256 rx;
        uint256 ry;
        uint256 z;
    }

    /// Whether (keyX, keyPrefix) can be a group key here: a point of the curve in compressed form, whose x is also a scalar, as the verification needs.
    function isKey(uint256 keyX, uint8 keyPrefix) internal pure returns (bool) {
        if (keyX == 0 || keyX >= N || (keyPrefix != 2 && keyPrefix != 3)) return false;
        // ecrecover answers with nothing when r is not the x coordinate of a point; with h = 0 it has no other reason to.
        return ecrecover(bytes32(0), 25 + keyPrefix, bytes32(keyX), bytes32(uint256(1))) != address(0);
    }

    /// Whether `s` signs `message` under the key. The key has passed `isKey`.
    function verify(uint256 keyX, uint8 keyPrefix, bytes32 message, Signature calldata s) internal view returns (bool) {
        uint256 rx = s.rx;
        uint256 ry = s.ry;
        uint256 z = s.z;
        if (z == 0 || z >= N || rx >= P || ry >= P) return false;
        if (mulmod(ry, ry, P) != addmod(mulmod(mulmod(rx, rx, P), rx, P), 7, P)) return false;

        uint256 c = challenge(keyX, keyPrefix, message, rx, uint8(2 | (ry & 1)));
        if (c == 0) return false;

        // ecrecover(h, v, r, s) is the address of r^-1 * (s * Q - h * G), Q being the point with x = r. With Q = P, r = Px, s = -c * Px and
        // h = -z * Px that is z * G - c * P, which must be R. Neither factor is zero modulo the prime N, so neither product is.
        address recovered = ecrecover(
            bytes32(N - mulmod(z, keyX, N)), 25 + keyPrefix, bytes32(keyX), bytes32(N - mulmod(c, keyX, N))
        );
        return recovered != address(0) && recovered == pointAddress(rx, ry);
    }

    /// The challenge c: hash_to_field of RFC 9380, 5.2, with expand_message_xmd over SHA-256 and L = 48, modulo N.
    function challenge(uint256 keyX, uint8 keyPrefix, bytes32 message, uint256 rx, uint8 rPrefix) internal view returns (uint256 c) {
        assembly ("memory-safe") {
            // Scratch beyond the free pointer, which is not moved: nothing here outlives the block.
            let p := mload(0x40)

            // b0 = SHA-256(64 zero bytes || R || P || message || 0x0030 00 || "FROST-secp256k1-SHA256-v1chal" || 0x1d), 195 bytes.
            mstore(p, 0)
            mstore(add(p, 0x20), 0)
            mstore8(add(p, 0x40), rPrefix)
            mstore(add(p, 0x41), rx)
            mstore8(add(p, 0x61), keyPrefix)
            mstore(add(p, 0x62), keyX)
            mstore(add(p, 0x82), message)
            mstore(add(p, 0xa2), 0x00300046524f53542d736563703235366b312d5348413235362d76316368616c)
            mstore8(add(p, 0xc2), 0x1d)
            if iszero(staticcall(gas(), 2, p, 195, p, 32)) { revert(0, 0) }
            let b0 := mload(p)

            // b1 = SHA-256(b0 || 0x01 || tag || 0x1d), 63 bytes; b2 = SHA-256((b0 xor b1) || 0x02 || tag || 0x1d).
            mstore8(add(p, 0x20), 1)
            mstore(add(p, 0x21), 0x46524f53542d736563703235366b312d5348413235362d76316368616c1d0000)
            if iszero(staticcall(gas(), 2, p, 63, p, 32)) { revert(0, 0) }
            let b1 := mload(p)
            mstore(p, xor(b0, b1))
            mstore8(add(p, 0x20), 2)
            if iszero(staticcall(gas(), 2, p, 63, p, 32)) { revert(0, 0) }
            c := addmod(mulmod(b1, 0x100000000000000000000000000000000, N), shr(128, mload(p)), N)
        }
    }

    function pointAddress(uint256 x, uint256 y) private pure returns (address result) {
        assembly ("memory-safe") {
            mstore(0x00, x)
            mstore(0x20, y)
            result := and(keccak256(0x00, 0x40), 0xffffffffffffffffffffffffffffffffffffffff)
        }
    }
}
