namespace Aeamc.P2P.Storage.Log;

/// <summary>Sizes of the log.</summary>
public sealed record ConsensusLogOptions
{
    /// <summary>Bytes of one segment file, written as zeros beforehand so that a sync changes no metadata.</summary>
    public int SegmentBytes { get; init; } = 4 << 20;

    /// <summary>The largest payload of one record, in bytes.</summary>
    public int MaximumRecordBytes { get; init; } = 16 << 20;

    /// <summary>Opens a segment for writing.</summary>
    internal Func<string, IStableFile> OpenFile { get; init; } = StableFile.Open;
}
