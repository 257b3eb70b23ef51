using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Aeamc.P2P.Libp2p.Multiformats;

/// <summary>
/// A TCP multiaddress: <c>/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT[/p2p/PEER]</c>. Other protocols are refused when parsed:
/// this node cannot use them, and must not pass on what it cannot read.
/// </summary>
public sealed class Multiaddress : IEquatable<Multiaddress>
{
    /// <summary>The longest text or binary form that is read.</summary>
    public const int MaxLength = 512;

    private const int MaxHostLength = 253;

    private readonly string _text;

    private Multiaddress(ulong hostCode, string host, int port, PeerId? peer)
    {
        HostCode = hostCode;
        Host = host;
        Port = port;
        Peer = peer;
        _text = $"/{ProtocolName(hostCode)}/{host}/tcp/{port.ToString(CultureInfo.InvariantCulture)}{(peer is { } id ? $"/p2p/{id}" : "")}";
    }

    /// <summary><see cref="Multicodec.Ip4"/>, <see cref="Multicodec.Ip6"/>, <see cref="Multicodec.Dns"/>, …4 or …6.</summary>
    public ulong HostCode { get; }

    /// <summary>IP address or host name in canonical text.</summary>
    public string Host { get; }

    /// <summary>TCP port, 0..65535; 0 asks for any port when listening.</summary>
    public int Port { get; }

    /// <summary>The peer that must answer there, when the address names it.</summary>
    public PeerId? Peer { get; }

    /// <summary>Whether <see cref="Host"/> is a literal IP address.</summary>
    public bool IsIp => HostCode is Multicodec.Ip4 or Multicodec.Ip6;

    /// <summary>The address of an IP end point.</summary>
    public static Multiaddress FromEndPoint(IPEndPoint endPoint, PeerId? peer = null)
    {
        IPAddress ip = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        // A scope id means nothing to another machine.
        ip = ip.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(ip.GetAddressBytes()) : ip;
        ulong code = ip.AddressFamily == AddressFamily.InterNetwork ? Multicodec.Ip4 : Multicodec.Ip6;
        return new Multiaddress(code, ip.ToString(), endPoint.Port, peer);
    }

    /// <summary>The same address naming <paramref name="peer"/>, or none.</summary>
    public Multiaddress WithPeer(PeerId? peer) => new(HostCode, Host, Port, peer);

    /// <summary>The end point when <see cref="IsIp"/>.</summary>
    public IPEndPoint? ToIpEndPoint() => IsIp ? new IPEndPoint(IPAddress.Parse(Host), Port) : null;

    /// <summary>Parses the text form.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Multiaddress? address)
    {
        address = null;
        if (text is null || text.Length > MaxLength || !text.StartsWith('/'))
        {
            return false;
        }

        string[] parts = text.Split('/');
        PeerId? peer = null;
        if (parts.Length == 7)
        {
            if (parts[5] is not ("p2p" or "ipfs") || !PeerId.TryParse(parts[6], out PeerId id))
            {
                return false;
            }

            peer = id;
        }
        else if (parts.Length != 5)
        {
            return false;
        }

        if (parts[3] != "tcp"
            || !ushort.TryParse(parts[4], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || CanonicalHost(parts[1], parts[2]) is not var (code, host))
        {
            return false;
        }

        address = new Multiaddress(code, host, port, peer);
        return true;
    }

    /// <summary>Parses as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text is not a TCP multiaddress.</exception>
    public static Multiaddress Parse(string text) =>
        TryParse(text, out Multiaddress? address)
            ? address
            : throw new FormatException($"'{text}' is not a TCP multiaddress such as /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW….");

    /// <summary>Reads the binary form; false for another protocol, a cut-off value or trailing bytes.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multiaddress? address)
    {
        address = null;
        if (bytes.Length > MaxLength || !UVarint.TryRead(ref bytes, out ulong hostCode))
        {
            return false;
        }

        string host;
        switch (hostCode)
        {
            case Multicodec.Ip4 when bytes.Length >= 4:
                host = new IPAddress(bytes[..4]).ToString();
                bytes = bytes[4..];
                break;
            case Multicodec.Ip6 when bytes.Length >= 16:
                host = new IPAddress(bytes[..16]).ToString();
                bytes = bytes[16..];
                break;
            case Multicodec.Dns or Multicodec.Dns4 or Multicodec.Dns6:
                if (!TryReadPrefixed(ref bytes, out ReadOnlySpan<byte> name) || !IsHostName(name))
                {
                    return false;
                }

                host = Encoding.ASCII.GetString(name);
                break;
            default:
                return false;
        }

        if (!UVarint.TryRead(ref bytes, out ulong tcp) || tcp != Multicodec.Tcp || bytes.Length < 2)
        {
            return false;
        }

        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        bytes = bytes[2..];
        PeerId? peer = null;
        if (!bytes.IsEmpty)
        {
            if (!UVarint.TryRead(ref bytes, out ulong p2p) || p2p != Multicodec.P2p
                || !TryReadPrefixed(ref bytes, out ReadOnlySpan<byte> multihash) || !PeerId.TryRead(multihash, out PeerId id)
                || !bytes.IsEmpty)
            {
                return false;
            }

            peer = id;
        }

        address = new Multiaddress(hostCode, host, port, peer);
        return true;
    }

    /// <summary>The binary form.</summary>
    public byte[] ToArray()
    {
        Span<byte> buffer = stackalloc byte[MaxLength];
        int at = UVarint.Write(buffer, HostCode);
        byte[] value = IsIp ? IPAddress.Parse(Host).GetAddressBytes() : Encoding.ASCII.GetBytes(Host);
        if (!IsIp)
        {
            at += UVarint.Write(buffer[at..], (ulong)value.Length);
        }

        value.CopyTo(buffer[at..]);
        at += value.Length;
        at += UVarint.Write(buffer[at..], Multicodec.Tcp);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[at..], (ushort)Port);
        at += 2;
        if (Peer is { } peer)
        {
            at += UVarint.Write(buffer[at..], Multicodec.P2p);
            at += UVarint.Write(buffer[at..], PeerId.Size);
            peer.CopyTo(buffer[at..]);
            at += PeerId.Size;
        }

        return buffer[..at].ToArray();
    }

    public bool Equals(Multiaddress? other) => other is not null && _text == other._text;

    public override bool Equals(object? obj) => Equals(obj as Multiaddress);

    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The canonical text form.</summary>
    public override string ToString() => _text;

    private static (ulong Code, string Host)? CanonicalHost(string protocol, string host) => protocol switch
    {
        "ip4" when IPAddress.TryParse(host, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetwork && ip.ToString() == host =>
            (Multicodec.Ip4, host),
        "ip6" when !host.Contains('%') && IPAddress.TryParse(host, out IPAddress? ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 =>
            (Multicodec.Ip6, ip.ToString()),
        "dns" when IsHostName(Encoding.UTF8.GetBytes(host)) => (Multicodec.Dns, host),
        "dns4" when IsHostName(Encoding.UTF8.GetBytes(host)) => (Multicodec.Dns4, host),
        "dns6" when IsHostName(Encoding.UTF8.GetBytes(host)) => (Multicodec.Dns6, host),
        _ => null,
    };

    private static string ProtocolName(ulong code) => code switch
    {
        Multicodec.Ip4 => "ip4",
        Multicodec.Ip6 => "ip6",
        Multicodec.Dns => "dns",
        Multicodec.Dns4 => "dns4",
        _ => "dns6",
    };

    private static bool IsHostName(ReadOnlySpan<byte> name)
    {
        foreach (byte b in name)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'.' or (byte)'_'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxHostLength;
    }

    private static bool TryReadPrefixed(ref ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (!UVarint.TryRead(ref bytes, out ulong length) || length > (ulong)bytes.Length)
        {
            return false;
        }

        value = bytes[..(int)length];
        bytes = bytes[(int)length..];
        return true;
    }
}
