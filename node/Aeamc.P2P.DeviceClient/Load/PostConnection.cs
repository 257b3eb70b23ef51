using System.Buffers.Text;
using System.Net.Sockets;
using System.Text;

namespace Aeamc.P2P.DeviceClient.Load;

/// <summary>
/// One keep-alive HTTP/1.1 connection that sends requests as they are and reads status and code from the replies: what a general client does besides
/// costs more than the signature that is posted.
/// </summary>
internal sealed class PostConnection(Uri node) : IDisposable
{
    private const int MaxReply = 16 * 1024;

    private readonly byte[] _buffer = new byte[MaxReply];
    private Socket? _socket;

    /// <summary>Sends a request and reads the reply.</summary>
    /// <returns>The status, and the refusal's code unless it is 2xx.</returns>
    /// <exception cref="SocketException">The node does not answer.</exception>
    /// <exception cref="IOException">It closed the connection, or its reply cannot be read.</exception>
    public async ValueTask<(int Status, string Code)> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        Socket socket = _socket ??= await ConnectAsync(cancellationToken);
        int sent = 0;
        while (sent < request.Length)
        {
            sent += await socket.SendAsync(request[sent..], SocketFlags.None, cancellationToken);
        }

        int filled = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            if (read == 0)
            {
                throw new IOException("The node closed the connection.");
            }

            filled += read;
            if (TryRead(_buffer.AsSpan(0, filled), out int status, out string code, out bool closes))
            {
                if (closes)
                {
                    Reset();
                }

                return (status, code);
            }

            if (filled == MaxReply)
            {
                throw new IOException("The reply is too long.");
            }
        }
    }

    /// <summary>Drops the connection; the next post makes a new one.</summary>
    public void Reset()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Reset();

    /// <summary>Reads a reply with a Content-Length; false while it is not all there.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out int status, out string code, out bool closes)
    {
        status = 0;
        code = "";
        closes = false;
        int end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> head = bytes[..end];
        if (!head.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(head[9..], out status, out _))
        {
            throw new IOException("The reply is not HTTP/1.1.");
        }

        int field = head.IndexOf("\r\nContent-Length: "u8);
        if (field < 0 || !Utf8Parser.TryParse(head[(field + 18)..], out int length, out _))
        {
            throw new IOException("The reply has no length.");
        }

        closes = head.IndexOf("\r\nConnection: close"u8) >= 0;
        ReadOnlySpan<byte> body = bytes[(end + 4)..];
        if (body.Length < length)
        {
            return false;
        }

        if (status is < 200 or > 299)
        {
            code = CodeIn(body[..length]) ?? "http_" + status;
        }

        return true;
    }

    private static string? CodeIn(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> name = "\"code\":\""u8;
        int start = body.IndexOf(name);
        if (start < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> rest = body[(start + name.Length)..];
        int end = rest.IndexOf((byte)'"');
        return end is > 0 and <= 64 ? Encoding.UTF8.GetString(rest[..end]) : null;
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(node.Host, node.Port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
