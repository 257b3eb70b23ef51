using System.Text;
using Aeamc.P2P.Libp2p.Multiformats;

namespace Aeamc.P2P.Libp2p.Multistream;

/// <summary>
/// multistream-select 1.0 (libp2p specs, connections/README.md): lines of a uvarint length, text and a newline which the length includes.
/// Never reads past the negotiation, so the channel can be handed on.
/// </summary>
internal static class MultistreamSelect
{
    /// <summary>The longest line, newline included.</summary>
    public const int MaxLine = 1024;

    // A stranger gets this many guesses before the stream is given up.
    private const int MaxProposals = 64;

    private const string NotAvailable = "na";

    /// <summary>Proposes the protocols in turn; gives the first that the listener takes, or null when it takes none.</summary>
    /// <exception cref="MultistreamException">The listener broke the protocol.</exception>
    public static async ValueTask<string?> DialAsync(ByteChannel channel, IReadOnlyList<string> protocols, CancellationToken cancellationToken)
    {
        // Header and first proposal in one write: one round trip for the usual case.
        await channel.WriteAsync(Lines(ProtocolIds.Multistream, protocols[0]), cancellationToken).ConfigureAwait(false);
        await ReadHeaderAsync(channel, cancellationToken).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            string answer = await ReadLineAsync(channel, cancellationToken).ConfigureAwait(false)
                ?? throw new MultistreamException("multistream-ended");
            if (answer == protocols[i])
            {
                return answer;
            }

            if (answer != NotAvailable)
            {
                throw new MultistreamException("multistream-wrong-answer");
            }

            if (i + 1 == protocols.Count)
            {
                return null;
            }

            await channel.WriteAsync(Lines(protocols[i + 1]), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Answers a dialler; gives the protocol agreed on, or null when the dialler left without finding one.</summary>
    /// <exception cref="MultistreamException">The dialler broke the protocol.</exception>
    public static async ValueTask<string?> ListenAsync(ByteChannel channel, Func<string, bool> isSupported, CancellationToken cancellationToken)
    {
        await ReadHeaderAsync(channel, cancellationToken).ConfigureAwait(false);
        await channel.WriteAsync(Lines(ProtocolIds.Multistream), cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < MaxProposals; i++)
        {
            string? proposal = await ReadLineAsync(channel, cancellationToken).ConfigureAwait(false);
            if (proposal is null)
            {
                return null;
            }

            bool supported = isSupported(proposal);
            await channel.WriteAsync(Lines(supported ? proposal : NotAvailable), cancellationToken).ConfigureAwait(false);
            if (supported)
            {
                return proposal;
            }
        }

        throw new MultistreamException("multistream-too-many-proposals");
    }

    /// <summary>What a dialler sends first when it is sure enough of the answer to send its data right behind.</summary>
    public static byte[] Optimistic(string protocol) => Lines(ProtocolIds.Multistream, protocol);

    /// <summary>Reads the answers to <see cref="Optimistic"/>; false when the listener does not support the protocol.</summary>
    /// <exception cref="MultistreamException">The listener broke the protocol.</exception>
    public static async ValueTask<bool> ConfirmAsync(ByteChannel channel, string protocol, CancellationToken cancellationToken)
    {
        await ReadHeaderAsync(channel, cancellationToken).ConfigureAwait(false);
        string answer = await ReadLineAsync(channel, cancellationToken).ConfigureAwait(false)
            ?? throw new MultistreamException("multistream-ended");
        return answer == protocol || (answer == NotAvailable ? false : throw new MultistreamException("multistream-wrong-answer"));
    }

    private static async ValueTask ReadHeaderAsync(ByteChannel channel, CancellationToken cancellationToken)
    {
        string? header = await ReadLineAsync(channel, cancellationToken).ConfigureAwait(false);
        if (header != ProtocolIds.Multistream)
        {
            throw new MultistreamException(header is null ? "multistream-ended" : "multistream-wrong-header");
        }
    }

    private static byte[] Lines(params ReadOnlySpan<string> lines)
    {
        int total = 0;
        foreach (string line in lines)
        {
            total += UVarint.Length((ulong)line.Length + 1) + line.Length + 1;
        }

        var bytes = new byte[total];
        int at = 0;
        foreach (string line in lines)
        {
            at += UVarint.Write(bytes.AsSpan(at), (ulong)line.Length + 1);
            at += Encoding.ASCII.GetBytes(line, bytes.AsSpan(at));
            bytes[at++] = (byte)'\n';
        }

        return bytes;
    }

    // Null at the end of the stream before a line.
    private static async ValueTask<string?> ReadLineAsync(ByteChannel channel, CancellationToken cancellationToken)
    {
        byte[]? line;
        try
        {
            line = await LengthPrefixed.ReadAsync(channel, MaxLine, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException e) when (e.Reason is ChannelCloseReason.MessageTooLong)
        {
            throw new MultistreamException("multistream-line-too-long");
        }

        if (line is null)
        {
            return null;
        }

        return line is [.., (byte)'\n']
            ? Encoding.UTF8.GetString(line.AsSpan(..^1))
            : throw new MultistreamException("multistream-no-newline");
    }
}
