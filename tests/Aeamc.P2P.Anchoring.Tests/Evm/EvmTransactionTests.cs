using Aeamc.P2P.Cryptography.Evm;
using Aeamc.P2P.Cryptography.Secp256k1;

namespace Aeamc.P2P.Anchoring.Tests.Evm;

/// <summary>EIP-1559 transactions are checked by a real chain in the relayer's tests: it recovers the sender from them.</summary>
public sealed class EvmTransactionTests
{
    [Fact]
    public void The_example_of_EIP_155()
    {
        Assert.True(Secp256k1PrivateKey.TryImport(Convert.FromHexString(string.Concat(Enumerable.Repeat("46", 32))), out Secp256k1PrivateKey? key));
        Assert.True(EvmAddress.TryParse("0x3535353535353535353535353535353535353535", out EvmAddress to));
        var transaction = new EvmTransaction(1, 9, EvmFees.Legacy(20_000_000_000), 21_000, to, 1_000_000_000_000_000_000, ReadOnlyMemory<byte>.Empty);
        Assert.Equal(
            "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025"
            + "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
            + "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            Convert.ToHexStringLower(transaction.Sign(key).Raw.Span));
    }

    [Fact]
    public void A_dynamic_fee_transaction_has_type_2_and_the_hash_of_its_bytes()
    {
        using Secp256k1PrivateKey key = Secp256k1PrivateKey.Generate();
        SignedTransaction signed = new EvmTransaction(1, 0, EvmFees.Dynamic(2, 1), 21_000, null, 0, new byte[] { 1, 2 }).Sign(key);
        Assert.Equal(2, signed.Raw.Span[0]);
        Assert.Equal(Keccak256.Hash(signed.Raw.Span), signed.Hash.ToArray());
        Assert.Equal(66, signed.Id.Length);
    }
}
