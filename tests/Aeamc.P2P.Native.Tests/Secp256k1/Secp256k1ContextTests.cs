using Aeamc.P2P.Native.Secp256k1;

namespace Aeamc.P2P.Native.Tests.Secp256k1;

public unsafe class Secp256k1ContextTests
{
    [Fact]
    public void An_illegal_argument_is_counted_and_refused_instead_of_aborting_the_process()
    {
        using Secp256k1ContextHandle context = Secp256k1ContextHandle.Create(new byte[32]);
        long before = Secp256k1ContextHandle.IllegalArguments;
        byte* zeroKey = stackalloc byte[Secp256k1Api.PublicKeySize];
        new Span<byte>(zeroKey, Secp256k1Api.PublicKeySize).Clear();
        byte* output = stackalloc byte[33];
        nuint length = 33;
        Secp256k1Api.PublicKeySerialize(context, output, &length, zeroKey, Secp256k1Api.CompressedKey);
        Assert.True(Secp256k1ContextHandle.IllegalArguments > before);
    }

    [Fact]
    public void The_blinding_seed_has_a_fixed_length() =>
        Assert.Throws<ArgumentException>(() => Secp256k1ContextHandle.Create(new byte[31]));
}
