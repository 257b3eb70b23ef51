using Aeamc.P2P.Blocks;
using Aeamc.P2P.Libp2p.Messaging;

namespace Aeamc.P2P.Node.Sync;

/// <summary>Answers of the request layer as the pure half sees them, and the other way.</summary>
internal static class Answers
{
    /// <summary>The answer; null refuses. Left to the compiler, an array that is null becomes an empty answer, which its reader takes for a lie.</summary>
    internal static ReadOnlyMemory<byte>? OrRefuse(byte[]? answer) => answer is null ? (ReadOnlyMemory<byte>?)null : new ReadOnlyMemory<byte>(answer);

    internal static SyncStatus StatusOf(RequestStatus status) => status switch
    {
        RequestStatus.Ok => SyncStatus.Answered,
        RequestStatus.Refused => SyncStatus.Refused,
        _ => SyncStatus.Failed,
    };
}
