namespace Aeamc.P2P.Anchoring.Evm;

/// <summary>One URL and how it has behaved: after each failure in a row it is left alone twice as long.</summary>
internal sealed class RpcEndpoint(Uri url)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private int _failures;

    public Uri Url { get; } = url;

    /// <summary>When it may be asked again, as a <see cref="TimeProvider.GetUtcNow"/> time.</summary>
    public DateTimeOffset UsableFrom { get; private set; }

    public void Succeeded()
    {
        _failures = 0;
        UsableFrom = default;
    }

    public void Failed(DateTimeOffset now)
    {
        TimeSpan pause = FirstPause * (1 << Math.Min(_failures, 6));
        UsableFrom = now + (pause < LongestPause ? pause : LongestPause);
        _failures = Math.Min(_failures + 1, 6);
    }
}
