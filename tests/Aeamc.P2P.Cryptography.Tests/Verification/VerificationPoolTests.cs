using Aeamc.P2P.Cryptography.Tests.P256;
using Aeamc.P2P.Cryptography.Verification;
using Aeamc.P2P.Ledger;

namespace Aeamc.P2P.Cryptography.Tests.Verification;

public sealed class VerificationPoolTests : IDisposable
{
    private readonly SignatureVerdicts _verdicts = new();
    private readonly Ed25519PrivateKey _ed25519 = Ed25519PrivateKey.Generate();
    private readonly P256TestKey _p256 = new();

    public void Dispose()
    {
        _ed25519.Dispose();
        _p256.Dispose();
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 100)]
    [InlineData(3, 1)]
    [InlineData(3, 16)]
    [InlineData(3, 17)]
    [InlineData(3, 333)]
    public async Task Every_claim_gets_its_own_verdict(int workers, int count)
    {
        using VerificationPool pool = Pool(workers);
        List<SignatureClaim> claims = Mixed(count);
        bool[] verdicts = await pool.VerifyAsync(claims);
        Assert.Equal(Enumerable.Range(0, count).Select(i => i % 5 != 3), verdicts);
    }

    [Fact]
    public async Task Nothing_asked_nothing_answered()
    {
        using VerificationPool pool = Pool(1);
        Assert.Empty(await pool.VerifyAsync([]));
    }

    [Fact]
    public async Task Many_batches_at_once_are_kept_apart()
    {
        using VerificationPool pool = Pool(2, pending: 3);
        var tasks = Enumerable.Range(0, 40).Select(i => pool.VerifyAsync(Mixed(i))).ToList();
        bool[][] all = await Task.WhenAll(tasks);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(Enumerable.Range(0, i).Select(k => k % 5 != 3), all[i]);
        }

        Assert.Equal(3, pool.Room);
    }

    [Fact]
    public async Task Batches_that_waited_together_are_kept_apart()
    {
        using VerificationPool pool = Pool(1);
        using var held = new HeldClaims(Mixed(20));
        Task<bool[]> front = pool.VerifyAsync(held);
        var behind = Enumerable.Range(0, 40).Select(i => pool.VerifyAsync([Mixed(i + 1)[i]])).ToList();
        held.Release();
        Assert.Equal(20, (await front).Length);
        Assert.Equal(Enumerable.Range(0, 40).Select(i => i % 5 != 3), (await Task.WhenAll(behind)).Select(Assert.Single));
    }

    [Fact]
    public async Task A_batch_seen_again_is_not_computed_again()
    {
        using VerificationPool pool = Pool(2);
        List<SignatureClaim> claims = Enumerable.Range(0, 50).Select(i => Claims.Ed25519(_ed25519, i)).ToList();
        await pool.VerifyAsync(claims);
        await pool.VerifyAsync(claims);
        Assert.Equal(50, _verdicts.Computed);
    }

    [Fact]
    public async Task A_caller_beyond_the_bound_waits_and_may_give_up()
    {
        using VerificationPool pool = Pool(1, pending: 1);
        using var held = new HeldClaims(Mixed(20));
        using var cancelled = new CancellationTokenSource();
        Task<bool[]> front = pool.VerifyAsync(held);
        Assert.Equal(0, pool.Room);
        Task<bool[]> waiting = pool.VerifyAsync(Mixed(1), cancelled.Token);
        Assert.False(waiting.IsCompleted);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        held.Release();
        Assert.Equal(20, (await front).Length);
    }

    [Fact]
    public async Task A_batch_given_up_frees_its_place()
    {
        using VerificationPool pool = Pool(1, pending: 1);
        using var held = new HeldClaims(Mixed(20));
        using var cancelled = new CancellationTokenSource();
        Task<bool[]> given = pool.VerifyAsync(held, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Task<bool[]> next = pool.VerifyAsync(Mixed(1));
        held.Release();
        Assert.Single(await next);
    }

    [Fact]
    public async Task A_stopped_pool_leaves_nobody_waiting()
    {
        VerificationPool pool = Pool(1, pending: 2);
        Task<bool[]>[] tasks = [.. Enumerable.Range(0, 6).Select(_ => pool.VerifyAsync(Mixed(500)))];
        pool.Dispose();
        pool.Dispose();
        await Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default);
        Assert.All(tasks, task => Assert.True(task.IsCompletedSuccessfully || task.IsCanceled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.VerifyAsync(Mixed(1)));
    }

    [Fact]
    public async Task A_batch_longer_than_allowed_is_our_mistake()
    {
        using VerificationPool pool = Pool(1);
        await Assert.ThrowsAsync<ArgumentException>(() => pool.VerifyAsync(new SignatureClaim[4097]));
    }

    [Fact]
    public async Task A_fault_of_ours_reaches_the_caller_and_the_pool_goes_on()
    {
        using VerificationPool pool = Pool(1);
        await Assert.ThrowsAsync<NullReferenceException>(() => pool.VerifyAsync([null!]));
        Assert.Single(await pool.VerifyAsync(Mixed(1)));
    }

    private VerificationPool Pool(int workers, int pending = 256) =>
        new(_verdicts, new VerificationPoolOptions { Workers = workers, MaximumPendingBatches = pending });

    private readonly Dictionary<int, SignatureClaim> _made = [];

    /// <summary>Claims of all algorithms, every fifth of them (index 3, 8, ...) invalid.</summary>
    private List<SignatureClaim> Mixed(int count)
    {
        var claims = new List<SignatureClaim>(count);
        for (int i = 0; i < count; i++)
        {
            if (!_made.TryGetValue(i % 200, out SignatureClaim? claim))
            {
                int number = i % 200;
                claim = (number % 3) switch
                {
                    0 => Claims.Ed25519(_ed25519, number),
                    1 => Claims.Es256(_p256, number, der: false),
                    _ => Claims.Es256(_p256, number, der: true),
                };
                _made.Add(number, claim);
            }

            claims.Add(i % 5 == 3 ? Claims.Broken(claim) : claim);
        }

        return claims;
    }
}
