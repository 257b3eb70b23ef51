namespace Aeamc.P2P.Anchoring.Tests;

/// <summary>A clock that moves when told to. Its timers are real ones: they only limit how long an endpoint may take.</summary>
internal sealed class ManualTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override DateTimeOffset GetUtcNow() => _now;

    public void Advance(TimeSpan by) => _now += by;
}
