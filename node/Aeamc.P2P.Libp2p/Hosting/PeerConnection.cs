using System.Net;
using Aeamc.P2P.Libp2p.Multiformats;
using Aeamc.P2P.Libp2p.Multistream;
using Aeamc.P2P.Libp2p.Yamux;

namespace Aeamc.P2P.Libp2p.Hosting;

/// <summary>One established connection.</summary>
/// <param name="Number">Counts connections up; the older of two has the smaller.</param>
/// <param name="Peer">Who is at the far end.</param>
/// <param name="Direction">Who dialled.</param>
/// <param name="RemoteAddress">The far end, without /p2p.</param>
/// <param name="RemoteIp">Its IP address.</param>
/// <param name="Since">When it was established, in the clock's timestamps.</param>
/// <param name="Session">The muxer.</param>
internal sealed record PeerConnection(
    long Number,
    PeerId Peer,
    ConnectionDirection Direction,
    Multiaddress RemoteAddress,
    IPAddress RemoteIp,
    long Since,
    YamuxSession Session)
{
    /// <summary>Whether it is being closed because there are too many.</summary>
    public bool Trimmed { get; set; }

    /// <summary>Opens a stream and agrees on its protocol.</summary>
    /// <exception cref="Libp2pException">None is supported, a bound is reached, the connection is lost, or there is no answer in time.</exception>
    public async ValueTask<YamuxStream> OpenStreamAsync(IReadOnlyList<string> protocols, TimeSpan timeout, CancellationToken cancellationToken)
    {
        YamuxStream stream = Session.OpenStream();
        bool opened = false, declined = false;
        using var late = new CancellationTokenSource(timeout, Session.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            string? agreed = await MultistreamSelect.DialAsync(stream, protocols, either.Token).ConfigureAwait(false);
            if (agreed is null)
            {
                declined = true;
                throw new Libp2pException(Libp2pError.ProtocolUnsupported, $"{Peer} supports none of: {string.Join(", ", protocols)}.");
            }

            stream.NegotiatedProtocol = agreed;
            opened = true;
            return stream;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.TimedOut, $"{Peer} did not answer the opening of {protocols[0]} in time.");
        }
        catch (MultistreamException e)
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"{Peer} answered the opening of {protocols[0]} wrongly.", e);
        }
        catch (ChannelClosedException e)
        {
            throw new Libp2pException(Libp2pError.ConnectionLost, $"{Peer} closed the stream while {protocols[0]} was opened.", e);
        }
        finally
        {
            if (!opened)
            {
                // A peer that declined politely is left politely.
                if (!declined)
                {
                    stream.Reset();
                }

                await stream.DisposeAsync().ConfigureAwait(false);
            }
        }
    }
}
