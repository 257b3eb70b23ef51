using Aeamc.P2P.Consensus.Simplex;
using Aeamc.P2P.Consensus.Votes;

namespace Aeamc.P2P.Simulator.Cluster;

/// <summary>
/// A message on the wire: its bytes, and what reading and verifying them gave, found once for all its receivers since both are pure functions of
/// the bytes. Equal bytes sent again are the same envelope, which therefore knows who has it already.
/// </summary>
public sealed class Envelope
{
    private ulong[] _delivered = [];

    internal Envelope(byte[] bytes, ulong fingerprint)
    {
        Bytes = bytes;
        Fingerprint = fingerprint;
    }

    public byte[] Bytes { get; }

    /// <summary>64 bits of hash over the bytes, for the trace.</summary>
    public ulong Fingerprint { get; }

    /// <summary>Whether <see cref="Message"/> has been looked for.</summary>
    public bool IsRead { get; set; }

    /// <summary>The message, if the bytes are one.</summary>
    public ConsensusMessage? Message { get; set; }

    /// <summary>Whether <see cref="Input"/> has been looked for.</summary>
    public bool IsVerified { get; set; }

    /// <summary>The core's input, if the message verifies.</summary>
    public Input? Input { get; set; }

    /// <summary>Whether the checkers have seen it sent, and whether by an honest member.</summary>
    public bool IsSeen { get; set; }

    public bool IsSeenHonest { get; set; }

    /// <summary>What a node of another protocol read.</summary>
    public object? Other { get; set; }

    /// <summary>Signatures in it, for the time that checking takes.</summary>
    public int Signatures => Message switch
    {
        Certificate certificate => certificate.Signers.Count,
        Vote or Proposal => 1,
        _ => 0,
    };

    /// <summary>False the second time that a receiver gets it.</summary>
    public bool FirstTo(int receiver)
    {
        int word = receiver / 64;
        if (word >= _delivered.Length)
        {
            Array.Resize(ref _delivered, word + 1);
        }

        ulong bit = 1UL << (receiver % 64);
        bool first = (_delivered[word] & bit) == 0;
        _delivered[word] |= bit;
        return first;
    }
}
