namespace Aeamc.P2P.Storage.Log;

/// <summary>One record as replayed.</summary>
/// <param name="Sequence">Its place in the log, counted from 0 and never reused.</param>
/// <param name="Type">The writer's own code for what the payload is.</param>
/// <param name="Mark">The writer's clock for pruning, such as the epoch and view the record belongs to.</param>
/// <param name="Payload">Opaque bytes.</param>
public readonly record struct LogRecord(ulong Sequence, byte Type, ulong Mark, ReadOnlyMemory<byte> Payload);
