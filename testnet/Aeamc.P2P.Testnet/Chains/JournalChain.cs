using Aeamc.P2P.Anchoring;
using Aeamc.P2P.Anchoring.Journal;
using Aeamc.P2P.Consensus.Proofs;
using Aeamc.P2P.Primitives;
using Aeamc.P2P.Testnet.Network;

namespace Aeamc.P2P.Testnet.Chains;

/// <summary>No chain: each node's own journal of co-signed checkpoints.</summary>
public sealed class JournalChain : AnchorChain
{
    private const string FileName = "anchors.journal";

    private TrustAnchor? _trust;

    public override string Name => "journal";

    public override Task UseGroupKeyAsync(string groupKey, string networkName, CancellationToken cancellation)
    {
        _trust = new TrustAnchor(Hash256.Of(System.Text.Encoding.UTF8.GetBytes(networkName)), 0, Convert.FromHexString(groupKey));
        return Task.CompletedTask;
    }

    /// <summary>Checks the last line of every node's journal: signed by the group, and about the block that all nodes have.</summary>
    public override async Task<string?> FindFaultAsync(LocalTestnet testnet, CancellationToken cancellation)
    {
        for (int i = 0; i < testnet.Count; i++)
        {
            string path = Path.Combine(testnet.DataFolder(i), FileName);
            try
            {
                if (!File.Exists(path) || JournalReader.Read(path).LastOrDefault() is not { } last)
                {
                    continue;
                }

                ProofVerdict verdict = _trust is { } trust ? last.Verify(trust, CheckpointSignatureVerifier.Shared) : ProofVerdict.UntrustedGroupKey;
                if (verdict != ProofVerdict.Valid)
                {
                    return $"The last line of {path} does not verify: {verdict}.";
                }

                Checkpoint checkpoint = last.Checkpoint;
                if (await CompareBlocksAsync(testnet, checkpoint.Height.Value, checkpoint.BlockHash.ToString(), cancellation).ConfigureAwait(false) is { } fault)
                {
                    return fault;
                }
            }
            catch (JournalException fault)
            {
                return fault.Message;
            }
        }

        return null;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
