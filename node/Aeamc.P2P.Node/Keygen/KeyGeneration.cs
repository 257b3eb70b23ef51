using System.Security.Cryptography;
using Aeamc.P2P.Blocks;
using Aeamc.P2P.Cryptography;
using Aeamc.P2P.Ledger;
using Aeamc.P2P.Node.Cli;
using Aeamc.P2P.Node.Ingress;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Threshold;
using Aeamc.P2P.Threshold.Dkg;
using Aeamc.P2P.Threshold.Group;
using DkgPost = Aeamc.P2P.Threshold.Dkg.DkgPost;
using LedgerConfirmation = Aeamc.P2P.Ledger.DkgConfirmation;
using LedgerPost = Aeamc.P2P.Ledger.DkgPost;

namespace Aeamc.P2P.Node.Keygen;

/// <summary>
/// This member's part in the key generation on the ledger. It holds no state of its own: after each block it replays the log and posts what it
/// still owes, so a crash at any point loses nothing. Ends when the ledger has a group key and this member its share.
/// </summary>
public sealed class KeyGeneration(
    ChainContext context, NodeIndex self, Ed25519PrivateKey nodeKey, NodeEntrySigner signer, ISecp256k1Group group, Action<Exception> onFault) : IAsyncDisposable
{
    private readonly DkgMemberSecret _secret = MemberSecret(group, nodeKey);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private Task _looking = Task.CompletedTask;
    private bool _closed;
    private volatile string _state = "Waiting for the first block.";

    /// <summary>How far it is, in a sentence.</summary>
    public string State => _state;

    /// <summary>This member's share, once there is one.</summary>
    public SigningShare? Share { get; private set; }

    /// <summary>The share was found. Raised once.</summary>
    public event Action<SigningShare>? ShareReady;

    /// <summary>The key to which others encrypt this member's shares, for the genesis document: 33 bytes.</summary>
    public static byte[] EncryptionKeyOf(ISecp256k1Group group, Ed25519PrivateKey nodeKey)
    {
        using DkgMemberSecret secret = MemberSecret(group, nodeKey);
        var key = new byte[GenesisMember.DkgKeySize];
        secret.EncryptionKey.CopyTo(key);
        return key;
    }

    /// <summary>Checks what the ledger, which knows no curve, cannot: that every member's key is a point of it.</summary>
    /// <exception cref="OperatorException">One is not; the message names the member.</exception>
    public static void CheckKeys(ISecp256k1Group group, GenesisDocument genesis)
    {
        foreach (GenesisMember member in genesis.Committee)
        {
            if (!group.TryDecode(member.DkgKey.Span, out _))
            {
                throw new OperatorException($"the genesis file's dkg_key of {member.Id} ({member.Label}) is no point of secp256k1. Get the right file, or the member's key as `aeamc init` prints it.");
            }
        }
    }

    /// <summary>Looks at the ledger after a block. Returns at once; one look runs at a time, and the next block looks again.</summary>
    public void Look(FinalizedHead head, Func<Height, Timestamp> timeOf, EntryIngress ingress)
    {
        lock (_gate)
        {
            if (Share is null && !_closed && _looking.IsCompleted)
            {
                _looking = Task.Run(() => LookAsync(head, timeOf, ingress));
            }
        }
    }

    /// <summary>Ends the running look first: it must not compute with a secret that is being wiped.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _closed = true;
        }

        await _stopping.CancelAsync();
        await _looking;
        _stopping.Dispose();
        Share?.Dispose();
        _secret.Dispose();
    }

    private async Task LookAsync(FinalizedHead head, Func<Height, Timestamp> timeOf, EntryIngress ingress)
    {
        try
        {
            DkgState dkg = head.State.Dkg;
            // The clock of a session starts with its first message: before that the ledger starts no other one.
            bool over = dkg.Group is null && dkg.Messages > 0 && head.Timestamp.Since(dkg.Started) > head.State.Parameters.DkgTimeoutMs;
            uint session = over ? dkg.Session + 1 : dkg.Session;
            DkgParameters parameters = DkgReplay.Parameters(group, context.Genesis, context.GenesisHash, session, context.Committee.Quorum);
            using var ceremony = new DkgCeremony(group, parameters, self, _secret);
            if (!over)
            {
                DkgReplay.Play(ceremony, head.State, group, timeOf, head.Timestamp);
            }

            if (dkg.Group is { } made)
            {
                TakeShare(ceremony, made);
            }
            else
            {
                _state = $"Session {session}: {ceremony.Transcript.Phase.ToString().ToLowerInvariant()}, {ceremony.Transcript.Confirmations} of {parameters.Members} confirmed.";
                if (ceremony.Pending is { } pending)
                {
                    await ingress.SubmitAsync(signer.Sign(ToPayload(pending, session)), _stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (Exception fault)
        {
            onFault(fault);
        }
    }

    private void TakeShare(DkgCeremony ceremony, GroupKey made)
    {
        SigningShare? share = ceremony.TakeShare();
        if (share is null)
        {
            _state = "There is a group key, but this member was given no valid share of it: it signs no checkpoints.";
            return;
        }

        Span<byte> key = stackalloc byte[GenesisMember.DkgKeySize];
        share.PublicKey.GroupKey.CopyTo(key);
        Invariant.Check(key.SequenceEqual(made.PublicKey));
        Share = share;
        _state = $"Done at block {made.Since}.";
        ShareReady?.Invoke(share);
    }

    internal static EntryPayload ToPayload(DkgPost pending, uint session)
    {
        switch (pending)
        {
            case DkgPost.Deal deal:
                return new LedgerPost(EntryKind.DkgDeal, session, [.. deal.Message]);
            case DkgPost.Complain complain:
                return new LedgerPost(EntryKind.DkgComplain, session, [.. complain.Message]);
            case DkgPost.Confirm confirm:
                var key = new byte[LedgerConfirmation.GroupKeySize];
                confirm.Confirmation.GroupKey.CopyTo(key);
                return new LedgerConfirmation(session, key, confirm.Confirmation.Transcript);
            default:
                throw Invariant.Fail($"unknown post {pending.GetType().Name}");
        }
    }

    internal static DkgMemberSecret MemberSecret(ISecp256k1Group group, Ed25519PrivateKey nodeKey)
    {
        byte[] master = new byte[Ed25519.SeedSize];
        Span<byte> seed = stackalloc byte[DkgMemberSecret.SeedSize];
        try
        {
            nodeKey.ExportSeed(master);
            HKDF.DeriveKey(HashAlgorithmName.SHA256, master, seed, default, "aeamc/v2/dkg-member-secret"u8);
            return new DkgMemberSecret(group, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(master);
            CryptographicOperations.ZeroMemory(seed);
        }
    }
}
