using System.Collections.Concurrent;
using Aeamc.P2P.Consensus.Evidence;
using Aeamc.P2P.Consensus.Safety;
using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;
using Aeamc.P2P.Node.Consensus;
using Aeamc.P2P.Node.Tests.Support;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Storage.Log;
using Aeamc.P2P.Storage.Signer;
using Aeamc.P2P.Storage.Store;
using Aeamc.P2P.Storage.Tests;

namespace Aeamc.P2P.Node.Tests.Consensus;

/// <summary>
/// The real loop over a disk that forgets what was not synced, with a wire that notes for each message what was on that disk when it
/// left. Time stands still: no timer fires unless a test says so.
/// </summary>
internal sealed class LoopHarness : IConsensusTransport, IConsensusApplication, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConsensusLog _log;
    private readonly SignerWatermark _watermark;
    private readonly NodeStore _store;
    private readonly ConsensusLoop _loop;
    private readonly BlockingCollection<Sending> _sent = [];
    private readonly BlockingCollection<Exception> _faults = [];
    private readonly BlockingCollection<Certificate> _finalized = [];
    private readonly bool _diskFails;
    private int _contentSyncs;

    /// <param name="self">The member that runs.</param>
    /// <param name="remembered">Votes that its guard remembers and its core does not.</param>
    public LoopHarness(NodeIndex self, params WalRecord[] remembered)
        : this(self, null, false, remembered)
    {
    }

    /// <param name="self">The member that runs.</param>
    /// <param name="diskFails">Whether the disk of the contents refuses.</param>
    public LoopHarness(NodeIndex self, bool diskFails)
        : this(self, null, diskFails)
    {
    }

    /// <param name="self">The member that runs.</param>
    /// <param name="mark">A signer watermark that neither core nor guard finds in the log: both are quiet.</param>
    /// <param name="remembered">Votes that its guard remembers and its core does not.</param>
    public LoopHarness(NodeIndex self, Watermark? mark, params WalRecord[] remembered)
        : this(self, mark, false, remembered)
    {
    }

    private LoopHarness(NodeIndex self, Watermark? mark, bool diskFails, params WalRecord[] remembered)
    {
        Self = self;
        _diskFails = diskFails;
        Verifier = new MessageVerifier(Committee.Verifier.Domain, Committee.Context.Committee, Committee.Context.Leaders, new Cryptography.Verification.Ed25519SignatureVerifier(), new AnyContent());
        _log = ConsensusLog.Open(_folder["wal"], new ConsensusLogOptions { OpenFile = ForgetfulDisk.Open });
        _watermark = SignerWatermark.Open(_folder["mark"], ForgetfulDisk.Open);
        _store = NodeStore.Open(_folder["store"]);
        var time = new ManualTime(TestCommittee.Start);
        var options = new SimplexOptions();
        var core = new SimplexCore(options, Committee.Context.Committee, Committee.Context.Leaders, self, RecoveredState.Replay(Epoch.Zero, Committee.GenesisBlock, [], SignerMemory.Of(mark)));
        RecoveredState recovered = RecoveredState.Replay(Epoch.Zero, Committee.GenesisBlock, remembered, SignerMemory.Of(mark));
        var journal = new ConsensusJournal(_log, _watermark);
        journal.Restore(recovered);
        _loop = new ConsensusLoop(
            core, new VoteGuard(recovered), Verifier, Committee.Keys[self.Value], self, journal, new InputQueue(), this, this, new ConsensusObserver(),
            new ViewJournal(_store, time), time, () => View.Zero, Stop);
        _loop.Start();
    }

    public TestCommittee Committee { get; } = new();

    public MessageVerifier Verifier { get; }

    public NodeIndex Self { get; }

    public bool HasSent => _sent.Count > 0;

    public bool HasUnsyncedContents { get; set; } = true;

    public void Feed(Input input) => _loop.Inputs.Answer(input);

    public void Feed(Vote vote)
    {
        Assert.Equal(VerificationResult.Valid, Verifier.Verify(vote, out Verified<Vote>? verified));
        Feed(new Input.VoteReceived(verified!));
    }

    /// <summary>A certificate by the others.</summary>
    public void Feed(Statement statement)
    {
        NodeIndex[] signers = [.. Enumerable.Range(0, 4).Select(i => new NodeIndex((ushort)i)).Where(member => member != Self)];
        var signatures = new byte[signers.Length * VoteSignature.Size];
        byte bits = 0;
        for (int i = 0; i < signers.Length; i++)
        {
            Committee.Vote(signers[i], statement).Signature.CopyTo(signatures.AsSpan(i * VoteSignature.Size));
            bits |= (byte)(1 << signers[i].Value);
        }

        Assert.Equal(VerificationResult.Valid, Verifier.Verify(new Certificate(statement, SignerBitmap.From([bits]), signatures), out Verified<Certificate>? verified));
        Feed(new Input.CertificateReceived(verified!));
    }

    public void Feed(BlockRef proposed)
    {
        Assert.Equal(VerificationResult.Valid, Verifier.Verify(Committee.Proposal(proposed, new byte[] { 1 }), out Verified<Proposal>? verified));
        Feed(new Input.ProposalReceived(verified!));
    }

    /// <summary>The next message that left.</summary>
    public Sending Next()
    {
        Assert.True(_sent.TryTake(out Sending? sending, TimeSpan.FromSeconds(30)), _faults.TryTake(out Exception? fault) ? fault.ToString() : "nothing was sent");
        return sending;
    }

    /// <summary>Returns in the turn that finalizes: what is fed from here on comes in a later one.</summary>
    public void AwaitFinalized() => Assert.True(_finalized.TryTake(out _, TimeSpan.FromSeconds(30)), "nothing was finalized");

    /// <summary>What the loop died of.</summary>
    public Exception Fault()
    {
        Assert.True(_faults.TryTake(out Exception? fault, TimeSpan.FromSeconds(10)), "the loop goes on");
        return fault;
    }

    /// <summary>Ends the loop and gives what the log has then.</summary>
    public IReadOnlyList<WalRecord> End()
    {
        _loop.Dispose();
        return LogOnDisk();
    }

    private IReadOnlyList<WalRecord> LogOnDisk() => [.. LogFolder.Scan(_folder["wal"]).SelectMany(scan => scan.Records).Select(Read)];

    public SignerMemory MemoryOnDisk()
    {
        string copy = _folder[$"copy-{Guid.NewGuid():N}"];
        File.Copy(_folder["mark"], copy);
        using SignerWatermark read = SignerWatermark.Open(copy);
        return ConsensusJournal.ReadMemory(read);
    }

    public void Broadcast(ConsensusMessage message) =>
        _sent.Add(new Sending(message, LogOnDisk(), MemoryOnDisk(), Volatile.Read(ref _contentSyncs)));

    public void SendTo(NodeId peer, ConsensusMessage message)
    {
    }

    public void SyncContents()
    {
        if (_diskFails)
        {
            throw new IOException("no space left");
        }

        Interlocked.Increment(ref _contentSyncs);
    }

    public void BuildProposal(View view, BlockRef parent) => Feed(new Input.ProposalBuilt(parent.Child(Hash256.Of("built"u8), view), new byte[] { 1 }));

    public void VerifyProposal(Proposal proposal, BlockRef parent) => Feed(new Input.ProposalVerified(proposal.View, proposal.Block.Hash, true));

    public void Certify(Certificate notarization) => Feed(new Input.CertifyDecided(notarization.View, notarization.Block.Hash, true));

    public void AbandonCertify(View through)
    {
    }

    public void Finalized(Certificate finalization, IReadOnlyList<BlockRef> blocks) => _finalized.Add(finalization);

    public void EnteredView(View view, NodeIndex leader)
    {
    }

    public void ReportEvidence(EquivocationEvidence evidence)
    {
    }

    /// <summary>A loop that has died sends nothing any more: whoever waits for that need not.</summary>
    private void Stop(Exception fault)
    {
        _faults.Add(fault);
        _sent.CompleteAdding();
    }

    public void Dispose()
    {
        _loop.Dispose();
        _log.Dispose();
        _watermark.Dispose();
        _store.Dispose();
        Committee.Dispose();
        _folder.Dispose();
        _sent.Dispose();
        _faults.Dispose();
        _finalized.Dispose();
    }

    private static WalRecord Read(LogRecord stored)
    {
        Assert.True(ConsensusJournal.TryRead(stored, out WalRecord? record));
        return record;
    }

    /// <summary>One message, and the disk at the moment when it left; of the contents, how often they had been synced.</summary>
    public sealed record Sending(ConsensusMessage Message, IReadOnlyList<WalRecord> Log, SignerMemory Memory, int ContentSyncs);

    private sealed class AnyContent : IProposalContent
    {
        public bool Matches(in BlockRef block, ReadOnlySpan<byte> content) => true;
    }
}
