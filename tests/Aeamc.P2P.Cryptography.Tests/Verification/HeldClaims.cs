using System.Collections;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Tests.Verification;

/// <summary>Claims that a worker cannot read before they are released: it holds a pool still without a clock.</summary>
internal sealed class HeldClaims(IReadOnlyList<SignatureClaim> claims) : IReadOnlyList<SignatureClaim>, IDisposable
{
    private readonly ManualResetEventSlim _released = new();

    public int Count => claims.Count;

    public SignatureClaim this[int index]
    {
        get
        {
            _released.Wait();
            return claims[index];
        }
    }

    public void Release() => _released.Set();

    public IEnumerator<SignatureClaim> GetEnumerator() => claims.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        _released.Set();
        _released.Dispose();
    }
}
