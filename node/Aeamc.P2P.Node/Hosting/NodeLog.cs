using Microsoft.Extensions.Logging;

namespace Aeamc.P2P.Node.Hosting;

/// <summary>What the daemon says, one event id each.</summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "node {NodeId} of network {Network} is up: height {Height}, {Waiting} acknowledged entries still to be packed")]
    public static partial void Started(this ILogger logger, string nodeId, string network, ulong height, int waiting);

    [LoggerMessage(2, LogLevel.Information, "stopped cleanly at height {Height}")]
    public static partial void Stopped(this ILogger logger, ulong height);

    [LoggerMessage(3, LogLevel.Critical, "stopping to stay safe")]
    public static partial void Faulted(this ILogger logger, Exception fault);

    [LoggerMessage(4, LogLevel.Information, "block {Height} final: {Entries} entries, {Receipts} proofs, view {View}, state {StateRoot}")]
    public static partial void BlockFinal(this ILogger logger, ulong height, int entries, int receipts, ulong view, string stateRoot);

    [LoggerMessage(5, LogLevel.Debug, "empty block {Height} final in view {View}")]
    public static partial void EmptyBlockFinal(this ILogger logger, ulong height, ulong view);

    [LoggerMessage(6, LogLevel.Information, "checkpoint at height {Height} co-signed: {Signature}")]
    public static partial void CheckpointSigned(this ILogger logger, ulong height, string signature);

    [LoggerMessage(7, LogLevel.Information, "checkpoint at height {Height} anchored on {Chain}: {Transaction}, {Gas} gas")]
    public static partial void Anchored(this ILogger logger, ulong height, string chain, string transaction, ulong gas);

    [LoggerMessage(8, LogLevel.Warning, "member {Offender} equivocated in view {View} ({Kind}): evidence goes to the ledger")]
    public static partial void Equivocation(this ILogger logger, string offender, ulong view, string kind);

    [LoggerMessage(40, LogLevel.Warning, "member {Offender} is convicted of equivocation by block {Height}: it leads no view any more and is not eligible after epoch {Epoch}. See: aeamc explain evidence {Evidence}")]
    public static partial void Convicted(this ILogger logger, string offender, ulong height, ulong epoch, string evidence);

    [LoggerMessage(41, LogLevel.Information, "view {View}, led by {Leader}, given up: {Reason}{Detail}")]
    public static partial void ViewGivenUp(this ILogger logger, ulong view, string leader, string reason, string detail);

    [LoggerMessage(42, LogLevel.Warning, "evidence against member {Member}, stored as '{Key}' in {Store}, is of no use to this program: it {Why}. This node cannot report it; members that saw the same report theirs. If a newer aeamc stored it, run that one; else see with 'aeamc db verify' whether more of the store is damaged")]
    public static partial void EvidenceUnreadable(this ILogger logger, string member, string key, string store, string why);

    [LoggerMessage(9, LogLevel.Information, "peer {Peer} connected")]
    public static partial void PeerConnected(this ILogger logger, string peer);

    [LoggerMessage(10, LogLevel.Information, "peer {Peer} gone")]
    public static partial void PeerGone(this ILogger logger, string peer);

    [LoggerMessage(11, LogLevel.Information, "key generation: this member has its share of the group key {GroupKey}")]
    public static partial void ShareReady(this ILogger logger, string groupKey);

    [LoggerMessage(12, LogLevel.Debug, "libp2p: {Text}")]
    public static partial void Network(this ILogger logger, string text);

    [LoggerMessage(13, LogLevel.Warning, "the consensus log ended in a torn record of {Bytes} bytes, as after a crash: cut off")]
    public static partial void TornLog(this ILogger logger, long bytes);

    [LoggerMessage(16, LogLevel.Critical, "the disk is full: {Reason}. This node has stopped voting and takes no entries; nothing acknowledged is lost. Free some room: it goes on by itself")]
    public static partial void DiskFull(this ILogger logger, string reason);

    [LoggerMessage(17, LogLevel.Information, "there is room on the disk again: starting over from what is on it")]
    public static partial void DiskHasRoom(this ILogger logger);

    [LoggerMessage(18, LogLevel.Warning, "the signer watermark stands at view {View}, which the consensus log does not know: the data folder was restored. No vote before a block beyond that view is final")]
    public static partial void Quiet(this ILogger logger, ulong view);

    [LoggerMessage(19, LogLevel.Information, "a block beyond the signer watermark is final: voting again")]
    public static partial void VotingAgain(this ILogger logger);

    [LoggerMessage(20, LogLevel.Critical, "stopping: {Reason}")]
    public static partial void StoppedForOperator(this ILogger logger, string reason);

    [LoggerMessage(21, LogLevel.Warning, "crash point armed for a test: {Point}")]
    public static partial void CrashPointArmed(this ILogger logger, string point);

    [LoggerMessage(14, LogLevel.Warning, "could not put {What} on the ledger: {Reason}")]
    public static partial void NotPosted(this ILogger logger, string what, string reason);

    [LoggerMessage(15, LogLevel.Information, "anchoring: {Text}")]
    public static partial void Anchoring(this ILogger logger, string text);

    [LoggerMessage(30, LogLevel.Warning, "member {Member} gave a false answer ({Reason}) and is asked last from now on")]
    public static partial void SourceDemoted(this ILogger logger, string member, string reason);

    [LoggerMessage(31, LogLevel.Information, "caught up: the missing blocks up to height {Height} are here")]
    public static partial void CaughtUp(this ILogger logger, ulong height);

    [LoggerMessage(32, LogLevel.Information, "pruned: blocks from height {First} on are kept, the store takes {Megabytes} MiB")]
    public static partial void Pruned(this ILogger logger, ulong first, long megabytes);

    [LoggerMessage(33, LogLevel.Error, "no connected member keeps block {Next} any more, the lowest kept is {Kept}. Set storage.start = \"snapshot\" and restart: the state is then fetched instead of the blocks")]
    public static partial void Lacking(this ILogger logger, ulong next, ulong kept);

    [LoggerMessage(34, LogLevel.Information, "fetching the newest state from the members before starting; stop at any time, the next start goes on")]
    public static partial void FetchingSnapshot(this ILogger logger);

    [LoggerMessage(35, LogLevel.Information, "the state after block {Height} is here; the blocks after it follow")]
    public static partial void SnapshotHere(this ILogger logger, ulong height);

    [LoggerMessage(36, LogLevel.Information, "the members have no snapshot yet: the blocks are fetched from the first one on")]
    public static partial void NoSnapshot(this ILogger logger);

    [LoggerMessage(25, LogLevel.Information, "verifying {How}")]
    public static partial void Verifying(this ILogger logger, string how);
}
