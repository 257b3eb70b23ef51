namespace Aeamc.P2P.Fuzz.Parsers;

/// <summary>One input of a run.</summary>
/// <param name="Bytes">What the parser gets.</param>
/// <param name="Check">What must be true besides, where it is known what the bytes say; null for bytes of which only the parser knows. Throws if it is not.</param>
internal sealed record FuzzInput(byte[] Bytes, Action? Check = null);
